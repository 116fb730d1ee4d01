"""Derived items of task runs and flow runs: an item for each tag, and counters of states.

They are written in the same transaction as the run.
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


# One call reads up to a hundred counters. The number may be raised; if it is lowered, the sums miss
# the last counters.
COUNTERS = 64

STATELESS = "NONE"
"""The counter's attribute for runs without a state; the others are named for state types."""

Totals = Counter[StateType | None]


def count_writes(of_run: Key, run_id: UUID, totals: Totals) -> list[Add]:
    """Return the write that adds a run's amounts to the totals, if there are any.

    No transaction may have two such writes of one counter: it may count one run of each kind.
    """
    amounts = {_attribute(state_type): amount for state_type, amount in totals.items() if amount}
    counter = keys.count(of_run.sk, keys.shard_of(run_id, COUNTERS))
    return [Add(counter, amounts)] if amounts else []


def read_totals(table: Table, kind: str) -> Totals:
    """Return how many runs of a kind there are by type of state, as last acknowledged."""
    found = table.read_many([keys.count(kind, number) for number in range(COUNTERS)])
    totals: Totals = Counter()
    for item in found.values():
        for state_type in (*StateType, None):
            totals[state_type] += int(item.get(_attribute(state_type), 0))
    return +totals


def _attribute(state_type: StateType | None) -> str:
    return state_type or STATELESS


Run = TaskRun | FlowRun

# A transaction has room for twice this number of tags, or for this number with a limit each, beside
# its other writes.
MAX_TAGS = 25


def new_run_writes(run: Run, *, shards: int) -> list[Write]:
    """Return the writes of a new run's derived items."""
    return [
        *_puts(run, _tags_with_items(run), shards),
        *_count_writes(run, Counter([run.state_type])),
    ]


def update_writes(seen: Run, run: Run, *, shards: int) -> list[Write]:
    """Return the writes that update the derived items of a run that was read."""
    before, after = _tags_with_items(seen), _tags_with_items(run)
    totals = Counter([run.state_type])
    totals.subtract([seen.state_type])
    return [
        *_deletes(run, before - after),
        *_puts(run, after - before, shards),
        *_count_writes(run, totals),
    ]


def deletion_writes(run: Run) -> list[Write]:
    """Return the writes that delete a run's tags and count it no longer."""
    return [*_deletes(run, _tags_with_items(run)), *count_down_writes(run)]


def count_down_writes(run: Run) -> list[Write]:
    """Return the write that counts a deleted run no longer; its tags are in its partition."""
    return [*_count_writes(run, Counter({run.state_type: -1}))]


def _tags_with_items(run: Run) -> AbstractSet[str | None]:
    """Return the tags that have items; None alone if there are too many."""
    tags = frozenset(run.tags)
    return tags if len(tags) <= MAX_TAGS else frozenset([None])


def _deletes(run: Run, tags: Iterable[str | None]) -> list[Write]:
    return [Delete(keys.tag(_key(run), tag)) for tag in sorted(tags, key=str)]


def _puts(run: Run, tags: Iterable[str | None], shards: int) -> list[Write]:
    own = _key(run)
    return [Put(items.tag_item(own, run.id, tag, shards=shards)) for tag in sorted(tags, key=str)]


def _count_writes(run: Run, totals: Totals) -> list[Write]:
    return [*count_writes(_key(run), run.id, totals)]


def _key(run: Run) -> Key:
    return keys.task_run(run.id) if isinstance(run, TaskRun) else keys.flow_run(run.id)
