"""The samples of runs for histories, in one short attribute that `by_state` carries.

A history reads it of each run of its range: it is no JSON, and has only what the keys of the entry
do not tell. Each state of a run rewrites its entry in `by_state` in any case.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from runledger.domain.runs.bookkeeping import Sample
from runledger.store.schema import sort_keys

if TYPE_CHECKING:
    from runledger.domain.runs.flow_runs import FlowRun
    from runledger.domain.runs.history import Tally
    from runledger.domain.runs.task_runs import TaskRun
    from runledger.store.dynamodb.writes import Item

HISTORY = "history"
# The sort key of `by_state`.
SORT_KEY = "expected_start"

ATTRIBUTES = (SORT_KEY, HISTORY)
"""The attributes from which a sample is read."""

# <total run time> <since> <late> <name of the state>: numbers in microseconds; nothing for None.
SEPARATOR, PARTS = " ", 4


def spell(run: TaskRun | FlowRun) -> str | None:
    """Spell the sample of a run; None without a state."""
    if run.state is None or run.state_type is None or run.state_name is None:
        return None
    sample = Sample.of(run, run.state_type, run.state_name, run.state.timestamp)
    since, late = ("" if one is None else one for one in (sample.since, sample.late))
    return SEPARATOR.join(map(str, (sample.total_run_time, since, late, sample.state_name)))


def tallies(
    entries: Iterable[Item], state_type: str, *, starts: Sequence[str], now: int
) -> Iterator[Tally]:
    """Yield what runs add to intervals with these starts, by their entries of one state type."""
    for entry in entries:
        number = bisect_right(starts, entry[SORT_KEY]) - 1
        total, since, late, name = entry[HISTORY].split(SEPARATOR, PARTS - 1)
        if late and not since:
            # Most runs are of this kind: their times stay as they are.
            yield number, state_type, name, max(int(total), 0), int(late)
        else:
            yield number, *read(entry, state_type).totals(now)


def read(entry: Item, state_type: str) -> Sample:
    """Read the sample of a run from its entry in `by_state`, in the partition of a state type."""
    total, since, late, name = entry[HISTORY].split(SEPARATOR, PARTS - 1)
    return Sample(
        sort_keys.microseconds(entry[SORT_KEY]),
        state_type,
        name,
        int(total),
        int(since) if since else None,
        int(late) if late else None,
    )
