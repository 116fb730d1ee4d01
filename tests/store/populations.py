"""Tables full of runs, which lie there as the store would put them, but for claims and states."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from runledger.domain.states import State, StateType
from runledger.domain.task_runs import TaskRun
from runledger.store import items
from runledger.store.expressions import typed
from runledger.store.items import Stored
from runledger.store.writes import Item
from tests.databases import DynamoDB

DAWN = datetime(2030, 1, 1, tzinfo=UTC)
PER_REQUEST = 25

WORLD = UUID(int=0)


def task_run(number: int, **fields: object) -> TaskRun:
    """Return the run of a number: a second after the one before, with an id from anywhere."""
    run_id, begun = uuid5(WORLD, str(number)), DAWN + timedelta(seconds=number)
    state = State(id=run_id, type=StateType.PENDING, name="Pending", timestamp=begun)
    run = TaskRun(
        id=run_id,
        created=begun,
        updated=begun,
        name=f"run {number:05}",
        task_key="task",
        dynamic_key=str(number),
        expected_start_time=begun,
    )
    return in_state(run, state).but(**fields)


def in_state(run: TaskRun, state: State) -> TaskRun:
    """Put a run into a state, without what follows from that."""
    return run.but(state=state, state_id=state.id, state_type=state.type, state_name=state.name)


def put(database: DynamoDB, filled: Sequence[Item]) -> None:
    for start in range(0, len(filled), PER_REQUEST):
        some = filled[start : start + PER_REQUEST]
        requests = [{"PutRequest": {"Item": typed(item)}} for item in some]
        database.client.batch_write_item(RequestItems={database.table: requests})  # type: ignore[dict-item]


def put_task_runs(database: DynamoDB, runs: Sequence[Stored], *, shards: int) -> None:
    put(database, [items.task_run_item(stored, shards=shards) for stored in runs])


def put_numbered(
    database: DynamoDB, amount: int, *, shards: int, **fields: object
) -> list[TaskRun]:
    """Put runs of the first numbers, which have some fields in common."""
    runs = [task_run(number, **fields) for number in range(amount)]
    put_task_runs(database, [Stored(run, version=1) for run in runs], shards=shards)
    return runs
