"""Recorded outcomes of transitions, in terms that hold for any ids and any clock."""

import re

from tests.transitions.playing import JSON, Outcome

IDS = {"flow_run_id", "task_run_id", "child_flow_run_id"}
FLAGS = {"deferred", "pause_reschedule", "untrackable_result"}
POLICY = "empirical_policy"
UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# For each time of a run, what it may agree with; the first that does is recorded.
BEFORE, ENTERED, SCHEDULED = "kept", "state.timestamp", "state.scheduled_time"
TIMES = {
    "start_time": (BEFORE, ENTERED),
    "end_time": (BEFORE, ENTERED),
    "expected_start_time": (BEFORE, ENTERED),
    "next_scheduled_start_time": (SCHEDULED, BEFORE),
}


def observed(outcome: Outcome) -> JSON:
    """Return what an outcome shows."""
    answer, before, after = outcome
    actual = answer.body
    return {
        "http": answer.http,
        "status": actual["status"],
        "state": _state(actual["state"]),
        "details": _details(actual["details"], before.get("flow_run_id")),
        "run_after": _counts(after) | _times(before, after) | _policy(before, after),
    }


def _state(state: JSON) -> JSON:
    given = {name for name, value in state["state_details"].items() if _is_set(name, value)}
    actual = {"type": state["type"], "name": state["name"], "message": state["message"]}
    shown = {name: value for name, value in actual.items() if value is not None}
    return shown | {"state_details_set": sorted(given - IDS)}


def _is_set(name: str, value: object) -> bool:
    return bool(value) if name in FLAGS else value is not None


def _details(details: JSON, flow_run_id: str | None) -> JSON:
    actual = dict(details)
    if "reason" in actual and flow_run_id:
        actual["reason"] = actual["reason"].replace(flow_run_id, "<flow_run_id>")
    if "delay_seconds" in actual:
        # A second may have passed meanwhile.
        actual["delay_seconds"] = round(actual["delay_seconds"], -1)
    return actual


def _counts(run: JSON) -> JSON:
    shown = ("state_type", "state_name", "run_count", "flow_run_run_count")
    return {name: run[name] for name in shown if name in run}


def _times(before: JSON, after: JSON) -> JSON:
    more = after["total_run_time"] > before["total_run_time"]
    return {
        "state_id_changed": before["state_id"] != after["state_id"],
        "total_run_time": "increased" if more else "kept",
        **{name: _time(name, before, after) for name in TIMES},
    }


def _time(name: str, before: JSON, after: JSON) -> str:
    found, state = after[name], after["state"]
    candidates = {
        BEFORE: before[name],
        ENTERED: state["timestamp"],
        SCHEDULED: state["state_details"]["scheduled_time"],
    }
    if found is None:
        return "null"
    return next((like for like in TIMES[name] if candidates[like] == found), "changed")


def _policy(before: JSON, after: JSON) -> JSON:
    """Return the changes of a policy; rules change only that of flow runs."""
    old, new = _told(before[POLICY]), _told(after[POLICY])
    changes = {name: actual for name, actual in new.items() if actual != old[name]}
    if "pause_keys" in changes:
        changes["pause_keys"] = sorted(UUID.sub("<id>", key) for key in changes["pause_keys"])
    return {POLICY: changes} if changes else {}


def _told(policy: JSON) -> JSON:
    """Give the keys of pauses, which come in any order, an order."""
    return (
        policy | {"pause_keys": sorted(policy["pause_keys"])} if "pause_keys" in policy else policy
    )
