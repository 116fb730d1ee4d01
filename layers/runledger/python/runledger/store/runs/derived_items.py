"""Derived items of task runs and flow runs: an item for each tag.

They are written in the same transaction as the run.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.task_runs import TaskRun
from runledger.store import items
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Delete, Put, Write
from runledger.store.schema import keys
from runledger.store.store import Shards

Run = TaskRun | FlowRun

# A transaction has room for twice this number of tags, or for this number with a limit each, beside
# its other writes.
MAX_TAGS = 25


def new_run_writes(run: Run, *, shards: int) -> list[Write]:
    """Return the writes of a new run's derived items."""
    return _puts(run, _tags_with_items(run), shards)


def update_writes(seen: Run, run: Run, *, shards: int) -> list[Write]:
    """Return the writes that update the derived items of a run that was read."""
    before, after = _tags_with_items(seen), _tags_with_items(run)
    return [*_deletes(run, before - after), *_puts(run, after - before, shards)]


def deletion_writes(run: Run) -> list[Write]:
    """Return the writes that delete a run's tags."""
    return _deletes(run, _tags_with_items(run))


def results(table: Table, shards: Shards, run: Run, seen: Run | None = None) -> list[Write]:
    """Return the writes of a new state's artifact."""
    old = seen and seen.state_id
    if run.state_id == old or not run.state or run.state.as_stored().data is None:
        return []
    from runledger.store.artifacts.results import new_writes  # noqa: PLC0415 - rare

    return new_writes(table, shards, run)


def _tags_with_items(run: Run) -> AbstractSet[str | None]:
    """Return the tags that have items; None alone if there are too many."""
    tags = frozenset(run.tags)
    return tags if len(tags) <= MAX_TAGS else frozenset([None])


def _deletes(run: Run, tags: Iterable[str | None]) -> list[Write]:
    return [Delete(keys.tag(items.key_of(run), tag)) for tag in sorted(tags, key=str)]


def _puts(run: Run, tags: Iterable[str | None], shards: int) -> list[Write]:
    own = items.key_of(run)
    return [Put(items.tag_item(own, run.id, tag, shards=shards)) for tag in sorted(tags, key=str)]
