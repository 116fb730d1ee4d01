"""The samples of runs for histories, in one short attribute that `by_state` carries.

A history reads it of each run of its range: it is no JSON, and has only what the keys of the entry
do not tell. Each state of a run rewrites its entry in `by_state` in any case.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from runledger.domain.runs.bookkeeping import Sample, StateTally
from runledger.store.schema import sort_keys

if TYPE_CHECKING:
    from runledger.domain.runs.flow_runs import FlowRun
    from runledger.domain.runs.history import Tally
    from runledger.domain.runs.task_runs import TaskRun

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


class Samples(NamedTuple):
    """The sort keys and the samples of runs in one type of state, in the order of `by_state`."""

    state_type: str
    sort_keys: Sequence[str]
    histories: Sequence[str]

    def tallies(self, starts: Sequence[str], now: int) -> Iterator[Tally]:
        """Yield what the runs add to intervals with these starts, and to those around them."""
        begin = 0
        while begin < len(self.sort_keys):
            next_start = bisect_right(starts, self.sort_keys[begin])
            is_last = next_start == len(starts)
            end = None if is_last else bisect_left(self.sort_keys, starts[next_start], begin)
            places = range(len(self.sort_keys))[begin:end]
            for tally in self._add_up(places, now):
                yield next_start - 1, *tally
            begin = places.stop

    def _add_up(self, places: range, now: int) -> Iterator[StateTally]:
        """Yield what the runs in some places add to the interval of all of them."""
        histories = self.histories[places.start : places.stop]
        changing = set()
        # Many runs add the same, and most of them the same at any time.
        for history, count in Counter(histories).items():
            total, since, late, name = _parts(history)
            if since or not late:
                changing.add(history)
                continue
            yield self.state_type, name, count, count * max(int(total), 0), count * int(late)
        for place, history in zip(places, histories, strict=True) if changing else ():
            if history in changing:
                yield self._sample(place).totals(now)

    def _sample(self, place: int) -> Sample:
        total, since, late, name = _parts(self.histories[place])
        return Sample(
            sort_keys.microseconds(self.sort_keys[place]),
            self.state_type,
            name,
            int(total),
            int(since) if since else None,
            int(late) if late else None,
        )


def _parts(history: str) -> list[str]:
    return history.split(SEPARATOR, PARTS - 1)
