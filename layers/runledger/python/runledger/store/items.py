"""Items: what a value looks like in the table, and how it is read back.

An item is its keys, the attributes that indexes and conditions name, and the document: the value
as JSON in one string, without what is at its default. `facts` is the part of a run that indexes
carry, so that they answer without the document.
"""

from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from runledger.domain.concurrency.concurrency_limits import HeldSlots
from runledger.domain.orchestration.cached_results import Results
from runledger.domain.runs.bookkeeping import in_utc
from runledger.domain.runs.durations import duration
from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.states import State, is_taken_up, is_waiting
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.values import Value
from runledger.store import size_limits
from runledger.store.dynamodb.writes import Item, Put
from runledger.store.schema import keys, sort_keys
from runledger.store.schema.keys import Key

V = TypeVar("V", bound=Value)

# What a task run and its facts are read from; the rest of its item serves indexes.
OF_TASK_RUNS = ("pk", "sk", "body", "document_pieces", "facts", "version", "subflow_runs")

HELD: TypeAdapter[tuple[HeldSlots, ...]] = TypeAdapter(tuple[HeldSlots, ...])

# The same of flow runs and flows.
OF_FLOWS = ("pk", "sk", "body", "document_pieces", "facts")

# What a filter of flow runs can't ask about, and neither can a history.
BEYOND_FACTS: dict[str, Any] = {
    "parameters": True,
    "context": True,
    "job_variables": True,
    "labels": True,
    "empirical_policy": True,
    "state": {"message", "data", "state_details"},
    "estimated_run_time": True,
    "estimated_start_time_delta": True,
}

ESTIMATES = {"estimated_run_time", "estimated_start_time_delta"}


class Stored(NamedTuple):
    """A task run as it was read: the version guards the next write.

    `subflow_runs` counts the flow runs that it is parent of, `held` are the slots that it has. Of
    runs that events report outside of flow runs, several may have a key, and only one `claims` it.
    `pieces` tells which fields of its document are elsewhere.
    """

    run: TaskRun
    version: int
    subflow_runs: int = 0
    held: tuple[HeldSlots, ...] = ()
    claims: bool = True
    pieces: str | None = None

    @property
    def facts(self) -> TaskRunFacts:
        """What criteria and orders ask about."""
        return TaskRunFacts.of(self.run, subflow_runs=self.subflow_runs)


def _document(value: Value) -> str:
    return value.model_dump_json(exclude_defaults=True, exclude=ESTIMATES)


def _item(key: Key, **attributes: Any) -> dict[str, Any]:
    return key._asdict() | {name: value for name, value in attributes.items() if value is not None}


def task_run_item(stored: Stored, *, shards: int) -> Item:
    """Spell a task run; its state is stored as later reads show it."""
    run = in_utc(stored.run)
    run = run.replace(state=run.state and run.state.as_stored())
    facts = stored.facts
    return _item(
        keys.task_run(run.id),
        body=_document(run),
        facts=_document(facts),
        version=stored.version,
        subflow_runs=stored.subflow_runs or None,
        held=HELD.dump_json(stored.held).decode() if stored.held else None,
        claims=None if stored.claims else False,
        owner=run.flow_run_id and keys.flow_run(run.flow_run_id).pk,
        # By this the stream's filter knows a run that no worker has started.
        deferred=str(run.state_id) if is_waiting(run.state) or is_taken_up(run.state) else None,
        **_orders(run, keys.TASK_RUN, shards),
        duration=sort_keys.duration_place(duration(facts)),
    )


def read_task_run(item: Item) -> Stored:
    """Read back what `task_run_item` spelled."""
    return Stored(
        run=TaskRun.model_validate_json(item["body"]),
        version=int(item["version"]),
        subflow_runs=int(item.get("subflow_runs", 0)),
        held=HELD.validate_json(item.get("held", "[]")),
        claims=item.get("claims", True),
        pieces=item.get("document_pieces"),
    )


def read_facts(entry: Item) -> TaskRunFacts:
    """Read the facts of a task run from its item or from an index that carries them."""
    return TaskRunFacts.model_validate_json(entry["facts"])


def flow_run_item(run: FlowRun, *, version: int, shards: int) -> Item:
    """Spell a flow run."""
    run = in_utc(run)
    run = run.replace(state=run.state and run.state.as_stored())
    return _item(
        keys.flow_run(run.id),
        body=_document(run),
        version=version,
        facts=run.model_dump_json(exclude_defaults=True, exclude=BEYOND_FACTS),
        owner=keys.flow(run.flow_id).pk,
        **_orders(run, keys.FLOW_RUN, shards)
        # Flow runs are listed by when they started or, before that, are expected to.
        | {
            "start": sort_keys.place(run.start_time or run.expected_start_time, run.created, run.id)
        },
    )


def read_flow_run_facts(entry: Item) -> FlowRun:
    """Read a flow run as far as indexes carry it: without what no criterion asks about."""
    return FlowRun.model_validate_json(entry["facts"])


def flow_item(flow: Flow, *, shards: int) -> Item:
    """Spell a flow."""
    return _item(
        keys.flow(flow.id),
        version=1,
        id=str(flow.id),
        shard=keys.shard(keys.FLOW, keys.shard_of(flow.id, shards)),
        name_key=sort_keys.name_place(flow.name, flow.created, flow.id),
        expected_start=sort_keys.place(flow.created, flow.created, flow.id),
        **changed_in_flow_item(flow),
    )


def changed_in_flow_item(flow: Flow) -> dict[str, str]:
    """Spell what an update changes in the item of a flow."""
    updated = sort_keys.place(flow.updated, flow.created, flow.id)
    facts = flow.model_dump_json(exclude_defaults=True, exclude={"labels"})
    return dict(size_limits.check_facts({"body": _document(flow), "facts": facts, "end": updated}))


def read_flow_facts(entry: Item) -> Flow:
    """Read a flow from its item or from an index that carries it."""
    return Flow.model_validate_json(entry["facts"])


def state_item(of_run: Key, state: State, *, shards: int) -> Item:
    """Spell a state of a run's history; its id leads back to it through `by_id`.

    By its place in `by_owner` its type and name are found among those that runs have been in.

    Raises:
        TooLarge: its name is too long.
    """
    size_limits.check_state_name(state.name)
    return _item(
        keys.state(of_run, state.timestamp, state.id),
        body=_document(state.as_stored()),
        shard=keys.state_id_shard(state.id),
        owner=keys.observed_shard(keys.shard_of(state.id, shards)),
        id=sort_keys.state_place(state.type, state.name, state.timestamp),
    )


def history(of_run: Key, state: State | None, *, shards: int) -> list[Put]:
    """Return the write that adds a run's current state to its history."""
    return [Put(state_item(of_run, state, shards=shards))] if state else []


def results_item(key: Key, results: Results, *, version: int) -> Item:
    """Spell what is remembered under a cache key."""
    return _item(key, body=_document(results), version=version)


def tag_item(of_run: Key, run_id: UUID, tag: str | None, *, shards: int) -> Item:
    """Spell a tag of a run, which leads to the run through `by_owner`."""
    owner = keys.tag_shard(of_run.sk, tag, keys.shard_of(run_id, shards))
    return _item(keys.tag(of_run, tag), owner=owner, id=str(run_id))


def pointer_item(key: Key, to: UUID) -> Item:
    """Spell an item that only leads to another one, or claims a key for it."""
    return _item(key, points_to=str(to))


def pointed_to(item: Item) -> UUID:
    """Return the id that a pointer leads to."""
    return UUID(item["points_to"])


def read_document(model: type[V], item: Item) -> V:
    """Read a value back from an item's document."""
    return model.model_validate_json(item["body"])


def _orders(run: TaskRun | FlowRun, kind: str, shards: int) -> dict[str, Any]:
    """The attributes that give a run its place in each index."""
    number = keys.shard_of(run.id, shards)

    def place(time: datetime | None) -> str:
        return sort_keys.place(time, run.created, run.id)

    return {
        "id": str(run.id),
        "shard": keys.shard(kind, number),
        "state_shard": run.state_type and keys.state_shard(kind, run.state_type, number),
        "name_key": sort_keys.name_place(run.name, run.created, run.id),
        "expected_start": place(run.expected_start_time),
        "next_scheduled_start": place(run.next_scheduled_start_time),
        "start": place(run.start_time) if run.start_time else None,
        "end": place(run.end_time),
    }
