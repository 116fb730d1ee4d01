"""The dashboard's curve of task runs that have ended."""

from datetime import timedelta

import pytest

from runledger.domain.runs.dashboard import PARTS, Window
from runledger.domain.runs.facts import TaskRunFacts
from runledger.store.runs.task_run_items import Stored
from tests.support.facts import facts_of
from tests.transitions.building import NOW, state, task_run

MINUTE = timedelta(minutes=1)


def ended(kind: str, start: timedelta | None) -> TaskRunFacts:
    started = None if start is None else NOW + start
    return facts_of(Stored(task_run(state(kind), start_time=started), 1))


def test_a_window_is_of_whole_minutes() -> None:
    window = Window.of(NOW + timedelta(seconds=30), NOW + timedelta(seconds=90))
    assert (window.start, window.end) == (NOW, NOW + 2 * MINUTE - timedelta.resolution)


def test_runs_are_counted_in_the_part_in_which_they_started() -> None:
    window = Window.of(NOW, NOW + (PARTS - 1) * MINUTE)
    runs = [
        ended("COMPLETED", timedelta()),
        ended("COMPLETED", timedelta(seconds=59)),
        ended("FAILED", 3 * MINUTE),
        ended("CRASHED", 3 * MINUTE),
        ended("CANCELLED", 3 * MINUTE),
    ]
    counts = [(one.completed, one.failed) for one in window.aggregate(runs)]
    assert counts == [(2, 0), (0, 0), (0, 0), (1, 2)] + [(0, 0)] * (PARTS - 4)


@pytest.mark.parametrize("start", [None, -MINUTE, PARTS * MINUTE])
def test_what_did_not_start_within_the_window_is_not_counted(start: timedelta | None) -> None:
    counts = Window.of(NOW, NOW + (PARTS - 1) * MINUTE).aggregate([ended("COMPLETED", start)])
    assert sum(one.completed + one.failed for one in counts) == 0
