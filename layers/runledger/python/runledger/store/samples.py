"""The samples of runs for histories, in one short attribute that `by_state` carries.

A history reads it of each run of its range: it is no JSON, and has only what the keys of the entry
do not tell. Each state of a run rewrites its entry in `by_state` in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runledger.domain.runs.bookkeeping import Sample

if TYPE_CHECKING:
    from runledger.domain.runs.flow_runs import FlowRun
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
