"""A run's fields, computed anew from all the states that it has been in.

The naive twin of `domain/runs/bookkeeping.py`, which computes them step by step.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from typing import NamedTuple

from runledger.domain.runs.states import TERMINAL
from tests.transitions.playing import JSON, Reply

TIMES = ("start_time", "end_time", "expected_start_time", "next_scheduled_start_time")
RUNNING, SCHEDULED = "RUNNING", "SCHEDULED"


class Entered(NamedTuple):
    """A state that a run entered; `anew` if its attempts count from the start after an end."""

    state: JSON
    anew: bool

    @property
    def type(self) -> str:
        return str(self.state["type"])

    @property
    def time(self) -> datetime:
        return datetime.fromisoformat(self.state["timestamp"])

    @property
    def scheduled(self) -> datetime | None:
        return _time(self.state["state_details"]["scheduled_time"] if self.due else None)

    @property
    def due(self) -> bool:
        return self.type == SCHEDULED

    @property
    def over(self) -> bool:
        return self.type in TERMINAL


def entered(answer: Reply, *, force: bool) -> Entered:
    """Tell a state that was written; a refusal that replaces it lets the attempts count on."""
    return Entered(answer.body["state"], anew=answer.body["status"] == "ACCEPT" and not force)


def shown(run: JSON) -> JSON:
    """Return a run's fields that follow from its states."""
    actual = {name: run[name] for name in ("state_type", "state_name", "state_id", "run_count")}
    times = {name: _time(run[name]) for name in TIMES}
    return actual | times | {"total_run_time": timedelta(seconds=run["total_run_time"])}


def expected(chronicle: Sequence[Entered]) -> JSON:
    """Return the fields that it is to show."""
    first, last = chronicle[0], chronicle[-1]
    begun = [one.time for one in chronicle if one.over or one.type == RUNNING]
    ending = list(takewhile(lambda one: one.over, reversed(chronicle)))
    ran = (after.time - one.time for one, after in pairwise(chronicle) if one.type == RUNNING)
    return {
        "state_type": last.type,
        "state_name": last.state["name"],
        "state_id": last.state["id"],
        "run_count": _attempts(chronicle),
        "start_time": begun[0] if begun else None,
        "end_time": ending[-1].time if ending else None,
        "expected_start_time": first.scheduled or first.time,
        "next_scheduled_start_time": last.scheduled,
        "total_run_time": sum(ran, timedelta()),
    }


def _attempts(chronicle: Sequence[Entered]) -> int:
    """Count the starts since the run last began anew."""
    begins = [
        number
        for number, (one, after) in enumerate(pairwise(chronicle), 1)
        if one.over and after.anew and not after.over
    ]
    current = chronicle[begins[-1] if begins else 0 :]
    return sum(one.type == RUNNING for one in current)


def _time(actual: str | None) -> datetime | None:
    return datetime.fromisoformat(actual) if actual else None
