"""What is kept beside every run, task run or flow run: an item for each tag, and its count.

Whoever writes a run takes these writes into the same transaction.
"""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.task_runs import TaskRun
from runledger.store import items
from runledger.store.dynamodb.writes import Delete, Put, Write
from runledger.store.runs import counters
from runledger.store.runs.counters import Totals
from runledger.store.schema import keys
from runledger.store.schema.keys import Key

Run = TaskRun | FlowRun

# A transaction has room for so many tags twice, or for so many with a limit each, beside the rest.
MAX_TAGS = 25


def new_run_writes(run: Run, *, shards: int) -> list[Write]:
    """Return what is written beside a new run."""
    return [*_put(run, _items_of(run), shards), *_counted(run, Counter([run.state_type]))]


def changed(seen: Run, run: Run, *, shards: int) -> list[Write]:
    """Return what changes beside a run that was read."""
    before, after = _items_of(seen), _items_of(run)
    totals = Counter([run.state_type])
    totals.subtract([seen.state_type])
    return [
        *_removed(run, before - after),
        *_put(run, after - before, shards),
        *_counted(run, totals),
    ]


def ended(run: Run) -> list[Write]:
    """Return what goes with a run."""
    return [*_removed(run, _items_of(run)), *uncounted(run)]


def uncounted(run: Run) -> list[Write]:
    """Return what goes with a run but its tags, which whoever reads its partition finds there."""
    return [*_counted(run, Counter({run.state_type: -1}))]


def _items_of(run: Run) -> AbstractSet[str | None]:
    """Return the tags that have items; none alone stands for more than there is room for."""
    tags = frozenset(run.tags)
    return tags if len(tags) <= MAX_TAGS else frozenset([None])


def _removed(run: Run, tags: Iterable[str | None]) -> list[Write]:
    return [Delete(keys.tag(_key(run), tag)) for tag in sorted(tags, key=str)]


def _put(run: Run, tags: Iterable[str | None], shards: int) -> list[Write]:
    own = _key(run)
    return [Put(items.tag_item(own, run.id, tag, shards=shards)) for tag in sorted(tags, key=str)]


def _counted(run: Run, totals: Totals) -> list[Write]:
    return [*counters.change(_key(run), run.id, totals)]


def _key(run: Run) -> Key:
    return keys.task_run(run.id) if isinstance(run, TaskRun) else keys.flow_run(run.id)
