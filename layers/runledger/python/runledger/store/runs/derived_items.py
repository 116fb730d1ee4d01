"""Derived items of task runs and flow runs: an item for each tag, and for each state.

They are written in the same transaction as the run.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import TaskRun
from runledger.store import items
from runledger.store.dynamodb.writes import Delete, Item, Put, Write
from runledger.store.schema import keys, sort_keys
from runledger.store.schema.keys import Key


def state_item(of_run: Key, state: State, *, shards: int) -> Item:
    """Spell a state of a run's history.

    Its id leads to it through `by_id`; `observed_states` finds its type and name in `by_owner`.

    Raises:
        TooLarge: its name is too long.
    """
    items.check_state_name(state.name)
    return items.new_item(
        keys.state(of_run, state.timestamp, state.id),
        body=items.dump_document(state.as_stored()),
        shard=keys.state_id_shard(state.id),
        owner=keys.observed_shard(keys.shard_of(state.id, shards)),
        id=sort_keys.state_sort_key(state.type, state.name, state.timestamp),
    )


def history(of_run: Key, state: State | None, *, shards: int) -> list[Put]:
    """Return the write that adds a run's current state to its history."""
    return [Put(state_item(of_run, state, shards=shards))] if state else []


Run = TaskRun | FlowRun

# A transaction has room for twice this number of tags, or for this number with a limit each, beside
# its other writes.
MAX_TAGS = 25


def new_run_writes(run: Run, *, shards: int) -> list[Write]:
    """Return the writes of a new run's derived items."""
    return [*_puts(run, _tags_with_items(run), shards)]


def update_writes(seen: Run, run: Run, *, shards: int) -> list[Write]:
    """Return the writes that update the derived items of a run that was read."""
    before, after = _tags_with_items(seen), _tags_with_items(run)
    return [*_deletes(run, before - after), *_puts(run, after - before, shards)]


def deletion_writes(run: Run) -> list[Write]:
    """Return the writes that delete a run's tags."""
    return _deletes(run, _tags_with_items(run))


def _tags_with_items(run: Run) -> AbstractSet[str | None]:
    """Return the tags that have items; None alone if there are too many."""
    tags = frozenset(run.tags)
    return tags if len(tags) <= MAX_TAGS else frozenset([None])


def _deletes(run: Run, tags: Iterable[str | None]) -> list[Write]:
    return [Delete(keys.tag(_key(run), tag)) for tag in sorted(tags, key=str)]


def _puts(run: Run, tags: Iterable[str | None], shards: int) -> list[Write]:
    own = _key(run)
    return [Put(items.tag_item(own, run.id, tag, shards=shards)) for tag in sorted(tags, key=str)]


def _key(run: Run) -> Key:
    return keys.task_run(run.id) if isinstance(run, TaskRun) else keys.flow_run(run.id)
