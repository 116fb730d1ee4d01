"""What is kept beside every run, task run or flow run: an item for each tag, and its count.

Whoever writes a run takes these writes into the same transaction.
"""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from uuid import UUID

from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateType
from runledger.domain.runs.task_runs import TaskRun
from runledger.store import items
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Add, Delete, Item, Put, Write
from runledger.store.schema import keys, sort_keys
from runledger.store.schema.keys import Key


def state_item(of_run: Key, state: State, *, shards: int) -> Item:
    """Spell a state of a run's history; its id leads back to it through `by_id`.

    By its place in `by_owner` its type and name are found among those that runs have been in.

    Raises:
        TooLarge: its name is too long.
    """
    items.check_state_name(state.name)
    return items.new_item(
        keys.state(of_run, state.timestamp, state.id),
        body=items.dump_document(state.as_stored()),
        shard=keys.state_id_shard(state.id),
        owner=keys.observed_shard(keys.shard_of(state.id, shards)),
        id=sort_keys.state_place(state.type, state.name, state.timestamp),
    )


def history(of_run: Key, state: State | None, *, shards: int) -> list[Put]:
    """Return the write that adds a run's current state to its history."""
    return [Put(state_item(of_run, state, shards=shards))] if state else []


# One call reads up to a hundred. Raised, the sums stay right; lowered, they would miss what the
# last ones count.
COUNTERS = 64

STATELESS = "NONE"
"""Counts those that have no state, beside the types."""

Totals = Counter[StateType | None]


def count_writes(of_run: Key, run_id: UUID, totals: Totals) -> list[Add]:
    """Return the write that counts what a run adds to the totals, if anything.

    No transaction may have two such writes of one counter: those of a kind are for one run.
    """
    amounts = {_named(state_type): amount for state_type, amount in totals.items() if amount}
    counter = keys.count(of_run.sk, keys.shard_of(run_id, COUNTERS))
    return [Add(counter, amounts)] if amounts else []


def read_totals(table: Table, kind: str) -> Totals:
    """Return how many runs of a kind there are by type of state, as last acknowledged."""
    found = table.read_many([keys.count(kind, number) for number in range(COUNTERS)])
    totals: Totals = Counter()
    for item in found.values():
        for state_type in (*StateType, None):
            totals[state_type] += int(item.get(_named(state_type), 0))
    return +totals


def _named(state_type: StateType | None) -> str:
    return state_type or STATELESS


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
    return [*count_writes(_key(run), run.id, totals)]


def _key(run: Run) -> Key:
    return keys.task_run(run.id) if isinstance(run, TaskRun) else keys.flow_run(run.id)
