"""Task runs as items."""

from functools import cache
from typing import NamedTuple
from uuid import UUID

from pydantic import TypeAdapter

from runledger.domain.concurrency_limits import HeldSlots
from runledger.domain.runs.bookkeeping import in_utc
from runledger.domain.runs.facts import TaskRunFacts, duration
from runledger.domain.runs.states import TERMINAL, is_taken_up, is_waiting
from runledger.domain.runs.task_runs import TaskRun, WaitingRun
from runledger.store import items
from runledger.store.dynamodb.large_documents import DOCUMENT, PIECES
from runledger.store.dynamodb.writes import Item
from runledger.store.runs.past_states import NO_STATES, PastStates
from runledger.store.schema import keys, sort_keys

# The attributes from which a task run and its facts are read; the others serve indexes.
TASK_RUN_ATTRIBUTES = ("pk", "sk", DOCUMENT, PIECES, "version", "subflow_runs")

# The stream's filter passes no runs that have this attribute: their queues have no entry of theirs.
HOLDER = "holder"


@cache
def _held() -> TypeAdapter[tuple[HeldSlots, ...]]:
    """Return what parses held slots, made at the first use: most runs hold none."""
    return TypeAdapter(tuple[HeldSlots, ...])


class Hold(NamedTuple):
    """The connection of the worker to which a background run was handed out, and its queue entry.

    The worker has not started the run. It may have disconnected.
    """

    connection_id: str
    waiting: WaitingRun


class Stored(NamedTuple):
    """A task run as it was read: the version guards the next write.

    `subflow_runs` is the number of its subflow runs, `held` are the slots that it holds. Several
    runs that events report outside of flow runs may have one key; only one of them `claims` it.
    `pieces` names the fields of its document that are stored in pieces. `reported` is the id of the
    newest state that an event told, if this write added it: the stream writes a pointer for it.
    """

    run: TaskRun
    version: int
    subflow_runs: int = 0
    held: tuple[HeldSlots, ...] = ()
    claims: bool = True
    pieces: str | None = None
    hold: Hold | None = None
    past: PastStates = NO_STATES
    reported: UUID | None = None


def task_run_item(stored: Stored, *, shards: int) -> Item:
    """Spell a task run; its state is stored in the form that reads return."""
    run = in_utc(stored.run)
    run = run.replace(state=run.state and run.state.as_stored())
    return items.new_item(
        keys.task_run(run.id),
        body=items.dump_document(run),
        version=stored.version,
        subflow_runs=stored.subflow_runs or None,
        held=_held().dump_json(stored.held).decode() if stored.held else None,
        claims=None if stored.claims else False,
        holder=stored.hold and stored.hold.connection_id,
        queue_entry=stored.hold and stored.hold.waiting.model_dump_json(exclude_defaults=True),
        reported=stored.reported and stored.reported.bytes,
        **stored.past.attributes(),
        owner=run.flow_run_id and keys.flow_run(run.flow_run_id).pk,
        # The stream's filter passes runs that have this attribute: no worker has started them.
        deferred=str(run.state_id) if is_waiting(run.state) or is_taken_up(run.state) else None,
        **items.sort_attributes(run, keys.TASK_RUN, shards),
        duration=None if is_told_by_state(run) else sort_keys.duration_sort_key(duration(run)),
    )


def is_told_by_state(run: TaskRun | TaskRunFacts) -> bool:
    """Return whether a run has no entry by its duration, since that by its state tells it."""
    if run.state_type is None:
        return False
    return sort_keys.is_told_by_state(duration(run), has_ended=run.state_type in TERMINAL)


def read_task_run(item: Item) -> Stored:
    """Read a task run from its item."""
    return Stored(
        run=TaskRun.model_validate_json(item["body"]),
        version=int(item["version"]),
        subflow_runs=int(item.get("subflow_runs", 0)),
        held=_held().validate_json(item["held"]) if "held" in item else (),
        claims=item.get("claims", True),
        pieces=item.get(PIECES),
        hold=_hold(item),
        past=PastStates.of(item),
    )


def _hold(item: Item) -> Hold | None:
    if HOLDER not in item:
        return None
    return Hold(item[HOLDER], WaitingRun.model_validate_json(item["queue_entry"]))


def read_member(entry: Item) -> TaskRunFacts:
    """Read the facts of a flow run's task run that `by_owner` carries."""
    _, flow_run_id = keys.entity_of(keys.Key(entry["owner"], ""))
    return TaskRunFacts({"flow_run_id": str(flow_run_id)}, int(entry.get("subflow_runs", 0)))


def read_facts(entry: Item) -> TaskRunFacts:
    """Read the facts of a task run from its item, or from an index that carries its document."""
    return TaskRunFacts(items.read_filtered_fields(entry), int(entry.get("subflow_runs", 0)))
