"""Counters: how many runs of a kind there are in each type of state, exact at any time.

A run's counter changes in the transaction that changes the run, so that it can't be wrong. Those
who write one item at the same time are turned away by DynamoDB and try again; so the runs of a kind
are spread over many counters, each run's id always naming the same one. At 1 000 transitions a
second, of some 10 ms each, ten are under way at once: on 64 counters one in seven meets another,
and of those who have tried as often as `table` does, one in millions is told to come back.
"""

from collections import Counter
from uuid import UUID

from runledger.domain.runs.states import StateType
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Add
from runledger.store.schema import keys
from runledger.store.schema.keys import Key

# One call reads up to a hundred. Raised, the sums stay right; lowered, they would miss what the
# last ones count.
COUNTERS = 64

STATELESS = "NONE"
"""Counts those that have no state, beside the types."""

Totals = Counter[StateType | None]


def change(of_run: Key, run_id: UUID, totals: Totals) -> list[Add]:
    """Return the write that counts what a run adds to the totals, if anything.

    No transaction may have two such writes of one counter: those of a kind are for one run.
    """
    amounts = {_named(state_type): amount for state_type, amount in totals.items() if amount}
    counter = keys.count(of_run.sk, keys.shard_of(run_id, COUNTERS))
    return [Add(counter, amounts)] if amounts else []


def read(table: Table, kind: str) -> Totals:
    """Return how many runs of a kind there are by type of state, as last acknowledged."""
    found = table.read_many([keys.count(kind, number) for number in range(COUNTERS)])
    totals: Totals = Counter()
    for item in found.values():
        for state_type in (*StateType, None):
            totals[state_type] += int(item.get(_named(state_type), 0))
    return +totals


def _named(state_type: StateType | None) -> str:
    return state_type or STATELESS
