"""Pages of samples of runs, as entries by state have them, added up."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from runledger.domain.runs.bookkeeping import Sample
from runledger.domain.runs.history import Tally
from runledger.store import samples
from runledger.store.schema import sort_keys


class SamplePage(NamedTuple):
    """The sort keys and the samples of runs in one type of state, in the order of `by_state`."""

    state_type: str
    sort_keys: Sequence[str]
    histories: Sequence[str]

    def tallies(self, starts: Sequence[str], now: int) -> Iterator[Tally]:
        """Yield what the runs add to intervals with these starts, and to those around them."""
        spelled, end = self.sort_keys, 0
        while end < len(spelled):
            begin, next_start = end, bisect_right(starts, spelled[end])
            is_last = next_start == len(starts)
            end = len(spelled) if is_last else bisect_left(spelled, starts[next_start], begin)
            yield from self._add_up(next_start - 1, begin, end, now)

    def _add_up(self, number: int, begin: int, end: int, now: int) -> Iterator[Tally]:
        """Yield what the runs in some places add to the interval of all of them."""
        counts: dict[str, int] = {}
        for history in self.histories[begin:end]:
            counts[history] = counts.get(history, 0) + 1
        # Many runs add the same, and most of them the same at any time.
        changing = False
        for history, count in counts.items():
            if (one := _constant(history)) is None:
                changing = True
            else:
                name, run_time, lateness = one
                yield number, self.state_type, name, count, count * run_time, count * lateness
        for place in range(begin, end) if changing else ():
            if _constant(self.histories[place]) is None:
                yield number, *self._sample(place).totals(now)

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


class _Constant(NamedTuple):
    """The part of a run that is the same at any time: times in microseconds."""

    name: str
    run_time: int
    lateness: int


@lru_cache(1024)
def _constant(history: str) -> _Constant | None:
    """Return what a run with a sample adds; None if that depends on the time."""
    total, since, late, name = _parts(history)
    return None if since or not late else _Constant(name, max(int(total), 0), int(late))


def _parts(history: str) -> list[str]:
    return history.split(samples.SEPARATOR, samples.PARTS - 1)
