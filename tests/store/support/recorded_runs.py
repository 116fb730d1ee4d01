"""Task runs as a table shows them, told like the naive twin's."""

from typing import Any

from runledger.domain.runs.states import State
from runledger.store.runs.states import StateStore
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.schema import keys
from runledger.store.store import Store
from tests.reporting.naive import COLUMNS
from tests.store.support.contents import whole
from tests.support.databases import DynamoDB


def shown(store: Store, database: DynamoDB) -> dict[str, Any]:
    """Return the table's runs, having checked that nothing in it is half there."""
    return {str(run.id): _shown(store, run.id) for run in whole(database).task_runs}


def _shown(store: Store, run_id: Any) -> Any:  # noqa: ANN401 - JSON
    run = TaskRunStore.of(store).read(run_id)
    assert run
    actual = run.run.model_dump(mode="json", include=set(COLUMNS))
    entered: list[State] = StateStore.of(store).history(keys.task_run(run_id))
    return (
        actual,
        str(run.run.state_id),
        [(one.timestamp, str(one.id), one.type) for one in entered],
    )
