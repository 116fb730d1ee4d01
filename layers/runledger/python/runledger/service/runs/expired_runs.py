"""Lets flow runs enter the states that follow by time alone."""

from contextlib import suppress
from datetime import datetime

from runledger import ids
from runledger.domain.errors import Rejected, UnknownRun
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.timers import LATE, expiry_of
from runledger.service.runs import flow_runs
from runledger.store.store import Store


def expire(store: Store, run: FlowRun, *, now: datetime) -> None:
    """Propose what becomes of a run that was read, if it is due and the run is as it was."""
    expiry = expiry_of(run)
    if expiry is None or expiry.at > now:
        return
    with suppress(UnknownRun, Rejected):
        flow_runs.set_state(
            store,
            run.id,
            expiry.state(ids.state_id(now), now),
            force=expiry.force,
            now=now,
            late=expiry.name == LATE,
            precondition=lambda current: current.state_id == run.state_id,
        )
