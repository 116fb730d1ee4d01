"""Whichever call fails while finished runs leave: all of it, from below, and nothing else."""

import pytest

from runledger import wiring
from tests.faults.clocks import moved_clock
from tests.faults.faulty_functions import CONSUMERS, Plan, faulty
from tests.faults.invariants import assert_all_hold
from tests.faults.leaving import RETENTION_DAYS, LeavingRuns
from tests.faults.test_every_call import IN_TURN, WANTED, ground
from tests.support.databases import Engine
from tests.support.faults import KINDS
from tests.support.management import Management

pytestmark = pytest.mark.usefixtures("_no_pauses")

# Those whose work timers, looks and removals follow from, and those that do it.
AT_WORK = CONSUMERS | {"set_flow_run_state", "set_task_run_state"}


@pytest.mark.parametrize("kind", WANTED)
def test_whichever_calls_fail_what_may_leave_does_and_nothing_else(
    dynoxide: Engine, management: Management, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    plan = Plan(*(KINDS if kind == IN_TURN else [kind]), only=AT_WORK)
    with moved_clock() as clock, ground(dynoxide, management) as on:
        monkeypatch.setenv("RUN_RETENTION_DAYS", RETENTION_DAYS)
        wiring.reset()
        runs = LeavingRuns(on.api, on.database, on.stream, clock)
        with faulty(plan, on.database, runs.missing):
            runs.use()
        assert_all_hold(on.database)
    if kind == IN_TURN:
        assert {place.function for place in plan.covered} == AT_WORK
