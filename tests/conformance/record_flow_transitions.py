"""Record what the reference makes of states proposed for flow runs.

    python -m tests.conformance.record_flow_transitions

Each transition is asked twice, of a fresh reference: what differs from one time to the other is
no fact, and ends the recording.
"""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import httpx

from tests.conformance import servers
from tests.conformance.patience import patient_client
from tests.transitions import flow_runs
from tests.transitions.playing import JSON
from tests.transitions.served import Served

TRANSITION = "5f9a3c52-3c5e-4bb6-9a3b-b3a3c0a1d0f7"


def state(state_type: str, name: str | None = None, **details: Any) -> JSON:
    named = {"name": name} if name else {}
    return {"type": state_type, **named, **({"state_details": details} if details else {})}


def unforced(proposed: JSON) -> JSON:
    return {"state": proposed, "force": False}


def steps(*taken: JSON) -> JSON:
    """The steps to where a proposal finds its run, by force unless said otherwise."""
    return {"steps": [step if "state" in step else {"state": step} for step in taken]}


def retrying(retries: int, **policy: int) -> JSON:
    return {"fields": {"empirical_policy": {"retries": retries, **policy}}}


RUNNING, FAILED, PENDING = state("RUNNING"), state("FAILED"), state("PENDING")
SCHEDULED = state("SCHEDULED", scheduled_time_offset=-60)
COMPLETED = state("COMPLETED")
PERSISTED = COMPLETED | {"data": {"type": "result-ref", "storage_key": "abc"}}
UNPERSISTED = COMPLETED | {"data": {"type": "unpersisted"}}
PAUSED = state("PAUSED", pause_timeout_offset=3600)
KEYED = state("PAUSED", pause_timeout_offset=3600, pause_key="k")
SUSPENDED = state("PAUSED", "Suspended", pause_timeout_offset=3600, pause_reschedule=True)
EXPIRED = state("PAUSED", pause_timeout_offset=-60)
EXPIRED_SUSPENDED = state("PAUSED", "Suspended", pause_timeout_offset=-60, pause_reschedule=True)
RESUMING = state("SCHEDULED", "Resuming", scheduled_time_offset=-1)
AWAITING = state("SCHEDULED", "AwaitingRetry", scheduled_time_offset=-1)

# A setup for each type, asked with and without a deployment, and by force.
PLAIN: dict[str, JSON] = {
    "scheduled": steps(SCHEDULED),
    "pending": steps(PENDING),
    "running": steps(RUNNING),
    "paused": steps(RUNNING, PAUSED),
    "cancelling": steps(RUNNING, state("CANCELLING")),
    "completed": steps(RUNNING, COMPLETED),
    "completed_persisted": steps(RUNNING, PERSISTED),
    "failed": steps(RUNNING, FAILED),
    "crashed": steps(RUNNING, state("CRASHED")),
    "cancelled": steps(RUNNING, state("CANCELLED")),
}
# Asked by force as well.
FORCED: dict[str, JSON] = {
    "suspended": steps(RUNNING, SUSPENDED),
    "resumed": steps(RUNNING, unforced(PAUSED), unforced(RESUMING)),
    "paused_again": steps(RUNNING, unforced(PAUSED), unforced(RUNNING), unforced(PAUSED)),
    "pause_key_used": steps(RUNNING, unforced(KEYED), unforced(RUNNING)),
}
# Asked with a deployment as well.
DEPLOYED: dict[str, JSON] = {
    "suspended": FORCED["suspended"],
    "suspended_too_long": steps(RUNNING, EXPIRED_SUSPENDED),
    "resumed": FORCED["resumed"],
    "subflow_running": steps(RUNNING) | {"subflow": True},
    "rescheduled": steps(RUNNING, FAILED, unforced(state("SCHEDULED"))),
    "rescheduled_failed": steps(RUNNING, FAILED, unforced(state("SCHEDULED")), RUNNING, FAILED),
}
SPECIAL: dict[str, JSON] = (
    FORCED
    | DEPLOYED
    | {
        "scheduled_future": steps(state("SCHEDULED", scheduled_time_offset=3600)),
        "scheduled_with_pid": steps(SCHEDULED) | {"changes": {"infrastructure_pid": "7"}},
        "late": steps(state("SCHEDULED", "Late", scheduled_time_offset=-60)),
        "awaiting_retry": steps(RUNNING, AWAITING),
        "pending_future": steps(state("PENDING", scheduled_time_offset=3600)),
        "pending_renamed": steps(state("PENDING", "Submitting")),
        "running_again": steps(RUNNING, FAILED, RUNNING),
        "running_by_transition": steps(state("RUNNING", transition_id=TRANSITION)),
        "completed_by_transition": steps(RUNNING, state("COMPLETED", transition_id=TRANSITION)),
        "retries_none": steps(RUNNING) | retrying(0),
        "retries_left": steps(RUNNING) | retrying(1, retry_delay=30),
        "retries_used": steps(RUNNING, RUNNING) | retrying(1),
        "retries_left_key_used": steps(RUNNING, unforced(KEYED), unforced(RUNNING)) | retrying(5),
        "retried": steps(RUNNING, unforced(FAILED), RUNNING) | retrying(1),
        "retried_failed": steps(RUNNING, unforced(FAILED), RUNNING, FAILED) | retrying(1),
        "failed_key_used": steps(RUNNING, unforced(KEYED), unforced(RUNNING), unforced(FAILED)),
        "paused_for_good": steps(RUNNING, state("PAUSED")),
        "paused_too_long": steps(RUNNING, EXPIRED),
        "suspended_with_pid": steps(RUNNING, SUSPENDED) | {"changes": {"infrastructure_pid": "7"}},
        "resumed_pending": steps(*map(unforced, (RUNNING, PAUSED, RESUMING, PENDING))),
        "completed_unpersisted": steps(RUNNING, UNPERSISTED),
        "completed_with_nothing": steps(RUNNING, COMPLETED | {"data": {}}),
    }
)

PROPOSALS: dict[str, JSON] = {
    "scheduled": state("SCHEDULED"),
    "late": state("SCHEDULED", "Late", scheduled_time_offset=-60),
    "pending": PENDING,
    "pending_renamed": state("PENDING", "Submitting"),
    "running": RUNNING,
    "running_by_transition": state("RUNNING", transition_id=TRANSITION),
    "paused": PAUSED,
    "paused_by_key": KEYED,
    "suspended": SUSPENDED,
    "cancelling": state("CANCELLING"),
    "completed": COMPLETED,
    "completed_persisted": PERSISTED,
    "completed_unpersisted": UNPERSISTED,
    "failed": FAILED | {"message": "why", "data": {"what": 1}},
    "crashed": state("CRASHED"),
    "cancelled": state("CANCELLED"),
}
RARE: dict[str, JSON] = {
    "scheduled_future": state("SCHEDULED", scheduled_time_offset=3600),
    "resuming": RESUMING,
    "awaiting_retry": AWAITING,
    "paused_for_good": state("PAUSED"),
    "paused_under_another_name": state("PAUSED", "Resting", pause_timeout_offset=3600),
    "failed_not_retriable": state("FAILED", retriable=False),
}


def asked() -> Iterator[JSON]:
    """Every combination that is asked."""
    kinds = (
        (False, False, PLAIN | SPECIAL, PROPOSALS | RARE),
        (True, False, PLAIN | DEPLOYED, PROPOSALS),
        (False, True, PLAIN | FORCED, PROPOSALS),
    )
    for deployment, force, setups, proposals in kinds:
        for source, target in product(setups, proposals):
            yield {"from": source, "to": target, "deployment": deployment, "force": force}


def record(client: httpx.Client) -> JSON:
    data: JSON = {"setups": PLAIN | SPECIAL, "proposals": PROPOSALS | RARE}
    player = Served(client)
    transitions = []
    for one in asked():
        seen, again = (flow_runs.replay(player, data, one) for _ in range(2))
        if seen != again:
            raise SystemExit(f"{flow_runs.label(one)}: {seen} and {again}")
        transitions.append(one | seen)
    return data | {"transitions": transitions}


def spelled(data: JSON) -> str:
    """Spell the data with a transition a line, so that a change of one shows as such."""
    return json.dumps(data, separators=(",", ":")).replace('},{"from"', '},\n{"from"') + "\n"


def main() -> None:
    with servers.reference() as url, patient_client(url) as client:
        flow_runs.DATA.write_text(spelled(record(client)), "utf-8")


if __name__ == "__main__":
    main()
