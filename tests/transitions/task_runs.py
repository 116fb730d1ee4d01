"""The transitions of task runs that were recorded (docs/contract/orchestration.md 6)."""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from tests.transitions.observing import observed
from tests.transitions.playing import FLOW_RUNS, JSON, TASK_RUNS, Player, Step, ask, move, start

RECORDED: list[JSON] = json.loads(Path(__file__).with_name("task-runs.json").read_text("utf-8"))
FACTS = ("http", "status", "state", "details", "run_after")

RUNNING, FAILED = Step({"type": "RUNNING"}), Step({"type": "FAILED"})


def _scheduled(offset: int, **fields: str) -> Step:
    return Step({"type": "SCHEDULED", "state_details": {"scheduled_time_offset": offset}, **fields})


def _in(state_type: str, **fields: object) -> Step:
    return Step({"type": state_type, **fields})


# How a run comes to be where the proposal finds it.
SETUPS: dict[str, Sequence[Step]] = {
    "scheduled_past": [_scheduled(-60)],
    "scheduled_future": [_scheduled(3600)],
    "awaiting_retry": [RUNNING, _scheduled(-1, name="AwaitingRetry")],
    "pending": [_in("PENDING")],
    "pending_future": [_in("PENDING", state_details={"scheduled_time_offset": 3600})],
    "running": [RUNNING],
    "running_retries_left": [RUNNING],
    "running_retries_used": [RUNNING, RUNNING],
    "completed": [_in("COMPLETED")],
    "completed_unpersisted": [_in("COMPLETED", data={"type": "unpersisted"})],
    "completed_persisted": [RUNNING, _in("COMPLETED", data={"kept": True})],
    "failed_after_running": [RUNNING, FAILED],
    "failed_orchestrated": [
        _in("PENDING"),
        RUNNING._replace(force=False),
        FAILED._replace(force=False),
    ],
    "crashed": [_in("CRASHED")],
    "cancelled": [_in("CANCELLED")],
    "paused": [_in("PAUSED")],
    "cancelling": [_in("CANCELLING")],
}


def replay(player: Player, recorded: JSON) -> JSON:
    """Ask what was asked when it was recorded; return what is seen."""
    return propose(player, recorded, prepare(player, recorded))


def setup(recorded: JSON) -> str:
    """Tell what is prepared from what is prepared for other transitions."""
    policy = recorded.get("empirical_policy")
    return json.dumps([recorded["flow_run"], recorded["from"]["case"], policy], sort_keys=True)


def prepare(player: Player, recorded: JSON) -> str:
    """Bring a run, and the flow run that it is in, to where the proposal found it."""
    flow_run = recorded["flow_run"] and _flow_run(player, moves=recorded["flow_run"] != "RUNNING")
    policy = recorded.get("empirical_policy", {})
    fields = {"flow_run_id": flow_run, "empirical_policy": policy}
    run = start(player, TASK_RUNS, fields, SETUPS[recorded["from"]["case"]])
    for step in _moves(recorded["flow_run"]):
        move(player, FLOW_RUNS, flow_run, step)
    return run


def propose(player: Player, recorded: JSON, run: str, *, before: JSON | None = None) -> JSON:
    """Propose what was proposed to a run that is prepared; return what is seen."""
    return observed(ask(player, TASK_RUNS, run, _proposal(recorded), before=before))


def _flow_run(player: Player, *, moves: bool) -> str:
    """A flow run that runs; one that stays so serves all who need one."""
    return start(player, FLOW_RUNS, {}, [RUNNING]) if moves else running_flow_run(player)


@lru_cache(maxsize=1)
def running_flow_run(player: Player) -> str:
    return start(player, FLOW_RUNS, {}, [RUNNING])


def _moves(flow_run: str | None) -> Sequence[Step]:
    """Return the states of the flow run, which was running at first, before the proposal."""
    if flow_run in {None, "RUNNING"}:
        return []
    return [FAILED, RUNNING] if flow_run == "RUNNING twice" else [Step({"type": flow_run})]


def _proposal(recorded: JSON) -> Step:
    state = {name: value for name, value in recorded["to"].items() if name != "case"}
    if recorded["deferred"]:
        state["state_details"] = {**state.get("state_details", {}), "deferred": True}
    return Step(state, force=recorded["force"])


def facts(recorded: JSON) -> JSON:
    """Return what was seen when it was recorded."""
    return {name: recorded[name] for name in FACTS}


def distinct() -> list[JSON]:
    """Return the first transition of each answer to the same kind of proposal and type of state."""
    found: dict[str, JSON] = {}
    for one in RECORDED:
        asked = [one[name] for name in ("flow_run", "force", "deferred")]
        answer = json.dumps([asked, one["from"]["type"], facts(one)], sort_keys=True)
        found.setdefault(answer, one)
    return [*found.values()]


def label(recorded: JSON) -> str:
    """Tell one recorded transition from the others."""
    kind = "deferred " * recorded["deferred"] + "forced " * recorded["force"]
    ends = f"{recorded['from']['case']} -> {recorded['to']['case']}"
    return f"{kind}{ends}, flow run {recorded['flow_run']}"
