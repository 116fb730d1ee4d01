"""Items: the form of values in the table, and how they are read.

An item has its keys, the attributes of indexes and conditions, and the document: the value as JSON
in one string, without fields at their defaults. `facts` is the part of a flow run, a flow or a
deployment that indexes carry, so that filters need no document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from pydantic_core import from_json, to_json

from runledger.domain.errors import TooLarge
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import TERMINAL, StateType
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.values import Value
from runledger.store import samples
from runledger.store.dynamodb import large_documents
from runledger.store.dynamodb.large_documents import DOCUMENT, PIECES
from runledger.store.dynamodb.writes import Delete, Item, Put, Write
from runledger.store.schema import keys, sort_keys
from runledger.store.schema.keys import Key

if TYPE_CHECKING:
    from runledger.domain.runs.facts import RunFacts

# Bytes of the facts. An item holds a tenth as much of the document (`large_documents`).
MAX_FACTS = 250_000

# Bytes of a state's name as JSON, which is in the facts twice.
MAX_STATE_NAME = 20_000


def check_facts(item: Item) -> Item:
    """Return the item, if its facts leave room for those of states.

    Raises:
        TooLarge: the name, the tags and the other fields that filters use are too long.
    """
    length = large_documents.undivided_length(item)
    if length > MAX_FACTS:
        raise TooLarge(
            f"The name, the tags and what else filters ask about take {length:,} bytes, of which"
            f" {MAX_FACTS:,} can be stored: shorten them."
        )
    return item


def check_changed_facts(item: Item, seen: TaskRun | FlowRun, run: TaskRun | FlowRun) -> Item:
    """Return the item of a run that was read; a change of state alone is always accepted.

    Raises:
        TooLarge: as above.
    """
    has_new_state = run.state_id != seen.state_id
    has_same_name_and_tags = (run.name, run.tags) == (seen.name, seen.tags)
    return item if has_new_state and has_same_name_and_tags else check_facts(item)


def check_state_name(name: str) -> None:
    """Check that every run has room for a state's name.

    Raises:
        TooLarge: its name is too long.
    """
    if len(to_json(name)) > MAX_STATE_NAME:
        raise TooLarge(f"The name of a state takes at most {MAX_STATE_NAME:,} bytes: shorten it.")


V = TypeVar("V", bound=Value)


# The attributes from which flow runs, flows and deployments are read.
DOCUMENT_ATTRIBUTES = ("pk", "sk", DOCUMENT, PIECES, "facts")

ESTIMATES = {"estimated_run_time", "estimated_start_time_delta"}


def dump_document(value: Value) -> str:
    return value.model_dump_json(exclude_defaults=True, exclude=ESTIMATES)


def dump_facts(run: FlowRun, facts: type[RunFacts[Any]]) -> str:
    """Spell the part of a flow run's document that indexes carry."""
    fields = dict.fromkeys(facts.names(), True) | {"state": {"timestamp"}}
    return run.model_dump_json(exclude_defaults=True, include=fields)


def read_fields(item: Item) -> dict[str, Any]:
    """Read an item's whole document as JSON, without its model."""
    fields: dict[str, Any] = from_json(item[DOCUMENT])
    return fields


def end_of(item: Item) -> datetime | None:
    """Return when a run ended, if it is finished, from its item or its entry by state.

    The sort key by its end tells it, or the document of a task run that has none.
    """
    if keys.state_type_of(item) not in TERMINAL:
        return None
    if "end" in item:
        return sort_keys.time_of(item["end"])
    end = read_fields(item).get("end_time") if DOCUMENT in item else None
    return datetime.fromisoformat(end) if end else None


def read_filtered_fields(entry: Item) -> dict[str, Any]:
    """Read the fields that filters use: of an item's document, or those that an index carries.

    In a document in pieces they are whole only if there are no facts beside it.
    """
    is_whole = DOCUMENT in entry and not (entry.get(PIECES) and "facts" in entry)
    fields: dict[str, Any] = from_json(entry[DOCUMENT if is_whole else "facts"])
    return fields


def key_of(run: TaskRun | FlowRun) -> Key:
    """Return the key of a run's item."""
    return keys.task_run(run.id) if isinstance(run, TaskRun) else keys.flow_run(run.id)


def new_item(key: Key, **attributes: Any) -> dict[str, Any]:
    """Return an item without the attributes that are None."""
    return key._asdict() | {name: value for name, value in attributes.items() if value is not None}


def tag_item(of_run: Key, run_id: UUID, tag: str | None, *, shards: int) -> Item:
    """Spell a tag of a run; `by_owner` leads from the tag to the run."""
    owner = keys.tag_shard(of_run.sk, tag, keys.shard_of(run_id, shards))
    return new_item(keys.tag(of_run, tag), owner=owner, id=str(run_id))


def pointer_item(key: Key, to: UUID) -> Item:
    """Spell an item that points to another one, or claims a key for it."""
    return new_item(key, points_to=str(to))


def pointed_to(item: Item) -> UUID:
    """Return the id that a pointer points to."""
    return UUID(item["points_to"])


def replacement_writes(before: Sequence[Item], after: Sequence[Item]) -> Iterator[Write]:
    """Yield the writes by which the items after a change replace those before it."""
    if before == after:
        return
    kept = {keys.of(item) for item in after}
    yield from (Delete(keys.of(item)) for item in before if keys.of(item) not in kept)
    yield from map(Put, after)


def read_document(model: type[V], item: Item) -> V:
    """Read a value from an item's document."""
    return model.model_validate_json(item[DOCUMENT])


def sort_attributes(run: TaskRun | FlowRun, kind: str, shards: int) -> dict[str, Any]:
    """Return the attributes by which the indexes sort a run, and its sample for histories."""
    number = keys.shard_of(run.id, shards)

    def sort_key(time: datetime | None) -> str:
        return sort_keys.time_sort_key(time, run.created, run.id)

    return {
        "id": str(run.id),
        "id_shard": None if _is_told_by_id(run, kind) else keys.shard(kind, number),
        "shard": keys.shard(kind, number),
        "state_shard": run.state_type and keys.state_shard(kind, run.state_type, number),
        "name_key": sort_keys.name_sort_key(run.name, run.created, run.id),
        "expected_start": sort_key(run.expected_start_time),
        "next_scheduled_start": None
        if _is_told_by_state(run)
        else sort_key(run.next_scheduled_start_time),
        "start": sort_key(run.start_time) if run.start_time and _has_start(run, kind) else None,
        "end": sort_key(run.end_time) if run.end_time and _has_end(run, kind) else None,
        samples.HISTORY: samples.spell(run),
    }


def _is_told_by_id(run: TaskRun | FlowRun, kind: str) -> bool:
    """Return whether a run has no entry by its id, since that by its expected start tells it."""
    is_task_run = kind == keys.TASK_RUN
    return is_task_run and sort_keys.is_told_by_id(run.id, run.expected_start_time)


def _has_start(run: TaskRun | FlowRun, kind: str) -> bool:
    """Return whether a run that began has an entry by its start: flow runs have that order."""
    if kind != keys.TASK_RUN or run.start_time is None:
        return True
    return not sort_keys.begins_at_once(run.start_time, run.expected_start_time)


def _has_end(run: TaskRun | FlowRun, kind: str) -> bool:
    """Return whether a run that ended has an entry by its end.

    Many task runs end soon after their expected start: their entries by state tell it.
    """
    if kind != keys.TASK_RUN or run.end_time is None or run.state_type not in TERMINAL:
        return True
    return not sort_keys.ends_soon(run.end_time, run.expected_start_time)


def _is_told_by_state(run: TaskRun | FlowRun) -> bool:
    """Return whether a run has no entry by its next scheduled start, since that by its state does.

    Most runs are scheduled for their expected start, or are not and were created at that time.
    """
    if run.state_type is None:
        return False
    scheduled = run.next_scheduled_start_time
    is_scheduled = run.state_type == StateType.SCHEDULED
    is_near = sort_keys.are_near(scheduled or run.created, run.expected_start_time)
    return is_near and is_scheduled == (scheduled is not None)
