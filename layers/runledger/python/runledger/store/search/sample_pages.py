"""Pages of samples of runs, as entries by state have them, added up."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from runledger.domain.runs.bookkeeping import Sample, StateTally
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
        counts: dict[str, int] = {}
        for place in places:
            history = self.histories[place]
            counts[history] = counts.get(history, 0) + 1
        # Many runs add the same, and most of them the same at any time.
        changing = False
        for history, count in counts.items():
            if (one := _constant(history)) is None:
                changing = True
            else:
                yield self.state_type, one.name, count, count * one.run_time, count * one.lateness
        for place in places if changing else ():
            if _constant(self.histories[place]) is None:
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


class _Constant(NamedTuple):
    """What a run adds at any time: times in microseconds."""

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
