"""Task runs as a table shows them, told like the naive twin's."""

from typing import Any

from runledger.domain.runs.task_runs import TaskRun
from runledger.store.dynamodb.table import Table
from runledger.store.runs.past_states import states_of
from runledger.store.schema import keys
from runledger.store.store import Store
from tests.reporting.naive import COLUMNS
from tests.store.support import contents
from tests.store.support.contents import checked, scan
from tests.support.databases import DynamoDB

Shown = dict[str, Any]


def shown(store: Store, database: DynamoDB) -> Shown:
    """Return the table's runs, having checked that nothing in it is half there."""
    return runs_in(scan(database), store.table)


def runs_in(scanned: contents.Table, table: Table) -> Shown:
    """Return the runs of a scanned table, of which states beside their runs are read now."""
    runs = checked(scanned).task_runs
    return {str(run.id): _shown(run, scanned[keys.task_run(run.id)], table) for run in runs}


def _shown(run: TaskRun, item: dict[str, Any], table: Table) -> Any:  # noqa: ANN401 - JSON
    return (
        run.model_dump(mode="json", include=set(COLUMNS)),
        str(run.state_id),
        [(one.timestamp, str(one.id), one.type) for one in states_of(table, item)],
    )
