"""Tables full of runs, which lie there as the store would put them, but for claims and states."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from runledger.domain.random_values import uuid7
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateType
from runledger.domain.runs.task_runs import TaskRun
from runledger.store.dynamodb.expressions import typed
from runledger.store.dynamodb.table import MAX_WRITES, Table, chunks
from runledger.store.dynamodb.writes import Add, Item, Put
from runledger.store.runs import derived_items, flow_run_items, task_run_items
from runledger.store.runs.derived_items import Run
from runledger.store.runs.state_counts import STATELESS, counter_of
from runledger.store.runs.task_run_items import Stored
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from tests.support import databases
from tests.support.databases import DynamoDB

DAWN = datetime(2030, 1, 1, tzinfo=UTC)

WORLD = UUID(int=0)


def task_run(number: int, **fields: object) -> TaskRun:
    """Return the run of a number: a second after the one before.

    Ids of odd numbers are from anywhere, the others begin with the time of their run.
    """
    anywhere, created = uuid5(WORLD, str(number)), DAWN + timedelta(seconds=number)
    run_id = anywhere if number % 2 else uuid7(created, anywhere.int)
    state = State(id=run_id, type=StateType.PENDING, name="Pending", timestamp=created)
    run = TaskRun(
        id=run_id,
        created=created,
        updated=created,
        name=f"run {number:05}",
        task_key="task",
        dynamic_key=str(number),
        expected_start_time=created,
    )
    return in_state(run, state).replace(**fields)


def in_state(run: TaskRun, state: State) -> TaskRun:
    """Put a run into a state, without what follows from that."""
    return run.replace(state=state, state_id=state.id, state_type=state.type, state_name=state.name)


def put(database: DynamoDB, filled: Iterable[Item]) -> None:
    write(database, map(Put, filled))


def write(database: DynamoDB, writes: Iterable[Put | Add]) -> None:
    """Write without conditions, however large an item is; moto has no cheap transactions."""
    wanted = list(writes)
    databases.put(database, (typed(one.item) for one in wanted if isinstance(one, Put)))
    additions = [one for one in wanted if isinstance(one, Add)]
    for some in chunks(additions, MAX_WRITES if database.endpoint else 1):
        Table(database.client, database.table).write(*some)


def put_task_runs(database: DynamoDB, filled: Sequence[Stored], *, shards: int) -> None:
    write(database, task_run_writes(filled, shards=shards))


def put_flow_runs(database: DynamoDB, filled: Sequence[FlowRun], *, shards: int) -> None:
    write(database, flow_run_writes(filled, shards=shards))


def task_run_writes(filled: Sequence[Stored], *, shards: int) -> list[Put | Add]:
    """Return the writes of runs, their tags and their counts."""
    items = [task_run_items.task_run_item(stored, shards=shards) for stored in filled]
    return [*map(Put, items), *_beside([stored.run for stored in filled], shards=shards)]


def flow_run_writes(filled: Sequence[FlowRun], *, shards: int) -> list[Put | Add]:
    """Return the writes of runs, their tags and their counts."""
    items = [flow_run_items.flow_run_item(run, version=1, shards=shards) for run in filled]
    return [*map(Put, items), *_beside(filled, shards=shards)]


def _beside(filled: Sequence[Run], *, shards: int) -> list[Put | Add]:
    """Return the writes of the tags of runs, and of their counts."""
    beside = [write for run in filled for write in derived_items.new_run_writes(run, shards=shards)]
    return [*(write for write in beside if isinstance(write, Put)), *_counts(filled)]


def count(database: DynamoDB, runs: Sequence[Run]) -> None:
    """Count new runs, as the stream would."""
    write(database, _counts(runs))


def _counts(runs: Sequence[Run]) -> list[Add]:
    """Return a write of each counter, for all of its runs."""
    totals: dict[Key, Counter[str]] = defaultdict(Counter)
    for run in runs:
        kind = keys.TASK_RUN if isinstance(run, TaskRun) else keys.FLOW_RUN
        totals[counter_of(keys.entity(kind, run.id))][run.state_type or STATELESS] += 1
    return [Add(counter, amounts) for counter, amounts in totals.items()]


def put_numbered(
    database: DynamoDB, amount: int, *, shards: int, **fields: object
) -> list[TaskRun]:
    """Put runs of the first numbers, which have some fields in common."""
    made = [task_run(number, **fields) for number in range(amount)]
    put_task_runs(database, [Stored(run, version=1) for run in made], shards=shards)
    return made
