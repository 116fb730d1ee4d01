"""All that a table holds, and whether it hangs together."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple
from uuid import UUID

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.states import is_waiting
from runledger.domain.runs.task_runs import TaskRun, waiting_run
from runledger.store import items, timers
from runledger.store.dynamodb.expressions import plain
from runledger.store.runs import task_run_items
from runledger.store.runs.derived_items import MAX_TAGS
from runledger.store.runs.past_states import PastStates
from runledger.store.runs.task_run_queue import enqueue_write
from runledger.store.schema import keys
from runledger.store.schema.keys import REMAINDER, RETENTION, TOMBSTONE, Key
from tests.support import databases
from tests.support.databases import DynamoDB

# What a tick reads, and removes when it is due.
OF_SCHEDULES = {keys.SCHEDULING, keys.COMING, keys.OVERDUE}

Table = dict[Key, dict[str, Any]]


OF_ARTIFACTS = (keys.ARTIFACT, keys.ARTIFACT_KEY, keys.ARTIFACT_COLLECTIONS)


class Contents(NamedTuple):
    task_runs: list[TaskRun]
    flow_runs: list[FlowRun]
    flows: list[Flow]
    deployments: list[Deployment]


def scan(database: DynamoDB) -> Table:
    found = map(plain, databases.scan(database))
    return {keys.of(item): item for item in found}


def whole(database: DynamoDB) -> Contents:
    """Return what the table holds, having checked that nothing is half there, as `checked`."""
    return checked(scan(database))


def checked(scanned: Table) -> Contents:
    """Return what a table held when it was scanned; nothing is half there.

    Each run and each flow has exactly the items that lead to it, no item leads elsewhere, each
    run has its earlier states. Of a flow run that was deleted there may be its tombstone and, until
    the stream removes them, its earlier states; and what makes the stream tell of a removal again.
    Timers of earlier states stay until they are due. Artifacts outlive their runs.
    `counting` compares the counters.
    """
    closed = {key.pk for key in scanned if key.sk == TOMBSTONE}
    assert not any(key.pk in closed and key.sk == keys.FLOW_RUN for key in scanned)
    table = {key: item for key, item in scanned.items() if not _goes_later(key, closed)}
    found = _contents(table)
    assert scanned.keys() >= set(filter(None, map(timers.timer_of, found.flow_runs)))
    states = {key for key in table if keys.is_earlier_states(key)}
    pointers = {key: items.pointed_to(item) for key, item in table.items() if "points_to" in item}
    owners = {key for key, item in table.items() if "version" in item}
    assert pointers == dict(_pointers(table, found))
    assert owners == {key for key, _ in _owners(found)}
    assert states == set(_earlier_states(table, found))
    tags, counters = _tags(table), set(filter(is_of_counter, table))
    events = {key for key in table if key.pk.startswith(keys.EVENTS)}
    assert tags == set(_tagged(found))
    queued = {key: item["queue"] for key, item in table.items() if keys.is_of(key, keys.QUEUE)}
    assert {(queue, key.sk) for key, queue in queued.items()} >= set(_waiting(found))
    assert (
        table.keys() == states | pointers.keys() | owners | tags | counters | events | queued.keys()
    )
    _assert_counts_of_subflows(table, found)
    _assert_counts_of_deployments(table, found)
    return found


def _goes_later(key: Key, closed: AbstractSet[str]) -> bool:
    expires = key.sk in {TOMBSTONE, REMAINDER, RETENTION}
    told = key.sk == keys.STATE_ID or key.pk == keys.OBSERVED
    timed = key.pk == keys.TIMERS or key.sk.partition("#")[0] in OF_SCHEDULES
    outlives = any(keys.is_of(key, one) for one in OF_ARTIFACTS)
    return (
        expires or told or timed or outlives or (key.pk in closed and keys.is_earlier_states(key))
    )


def _contents(table: Table) -> Contents:
    def of(kind: str) -> Iterator[dict[str, Any]]:
        return (item for key, item in table.items() if key.sk == kind and "version" in item)

    return Contents(
        [items.read_document(TaskRun, item) for item in of(keys.TASK_RUN)],
        [items.read_document(FlowRun, item) for item in of(keys.FLOW_RUN)],
        [items.read_document(Flow, item) for item in of(keys.FLOW)],
        [items.read_document(Deployment, item) for item in of(keys.DEPLOYMENT)],
    )


def _owners(found: Contents) -> Iterator[tuple[Key, TaskRun | FlowRun | Flow | Deployment]]:
    yield from _runs(found)
    yield from ((keys.flow(flow.id), flow) for flow in found.flows)
    yield from ((keys.deployment(one.id), one) for one in found.deployments)


def _earlier_states(table: Table, found: Contents) -> Iterator[Key]:
    for key, run in _runs(found):
        assert run.state
        earlier = PastStates.of(table[key]).earlier
        yield from (keys.earlier_states(key, number) for number in range(earlier))


def _pointers(table: Table, found: Contents) -> Iterator[tuple[Key, UUID]]:
    claiming = (run for run in found.task_runs if table[keys.task_run(run.id)].get("claims", True))
    for task_run in claiming:
        key = task_run.task_key, task_run.dynamic_key
        yield keys.task_key(task_run.flow_run_id, *key), task_run.id
    for run in found.flow_runs:
        yield from ((key, run.id) for key in _keys_of(run))
    for one in found.deployments:
        yield keys.deployment_of_flow(one.flow_id, one.name), one.id
    for flow in found.flows:
        yield keys.flow_name(flow.name), flow.id


def _keys_of(run: FlowRun) -> Iterator[Key]:
    yield keys.flow_run_of_flow(run.flow_id, run.id)
    if run.idempotency_key is not None:
        yield keys.idempotency(run.flow_id, run.idempotency_key)
    if run.parent_task_run_id:
        yield keys.subflow(run.parent_task_run_id, run.id)
    if run.deployment_id:
        yield keys.flow_run_of_deployment(run.deployment_id, run.id)


def left(database: DynamoDB) -> Table:
    """Return what the table holds beside its tombstones, its counters and the pairs of states."""
    return {key: item for key, item in scan(database).items() if not _stays(key)}


def _stays(key: Key) -> bool:
    return key.sk == TOMBSTONE or key.pk == keys.OBSERVED or is_of_counter(key)


def is_of_counter(key: Key) -> bool:
    return keys.is_of(key, keys.COUNT)


def _runs(found: Contents) -> Iterator[tuple[Key, TaskRun | FlowRun]]:
    yield from ((keys.task_run(run.id), run) for run in found.task_runs)
    yield from ((keys.flow_run(run.id), run) for run in found.flow_runs)


def _tags(table: Table) -> set[Key]:
    first, last = keys.under(keys.TAG)
    return {key for key in table if first <= key.sk < last}


def _tagged(found: Contents) -> Iterator[Key]:
    for key, run in _runs(found):
        tags = set(run.tags)
        yield from (keys.tag(key, tag) for tag in (tags if len(tags) <= MAX_TAGS else [None]))


def _waiting(found: Contents) -> Iterator[tuple[str, str]]:
    """The queues and sort keys of runs that wait; the stream removes those of others."""
    for run in found.task_runs:
        if run.state and is_waiting(run.state):
            entry = enqueue_write(waiting_run(run, run.state), shards=1).item
            yield entry["queue"], entry["sk"]


def _assert_counts_of_subflows(table: Table, found: Contents) -> None:
    parents = [run.parent_task_run_id for run in found.flow_runs]
    for run in found.task_runs:
        item = task_run_items.read_task_run(table[keys.task_run(run.id)])
        assert item.subflow_runs == parents.count(run.id)


def _assert_counts_of_deployments(table: Table, found: Contents) -> None:
    flows = [one.flow_id for one in found.deployments]
    counts = {flow.id: table[keys.flow(flow.id)].get("deployments", 0) for flow in found.flows}
    assert counts == {flow.id: flows.count(flow.id) for flow in found.flows}
    assert counts.keys() >= set(flows)


def amounts(database: DynamoDB) -> tuple[int, int, int]:
    """Return how many task runs, flow runs and flows there are, all of them whole."""
    found = whole(database)
    return len(found.task_runs), len(found.flow_runs), len(found.flows)
