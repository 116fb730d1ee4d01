"""The transitions of flow runs, as `tests.conformance.record_flow_transitions` recorded them."""

import json
from pathlib import Path

from tests.transitions.observing import observed
from tests.transitions.playing import FLOW_RUNS, JSON, TASK_RUNS, Player, Step, ask, start

DATA = Path(__file__).with_name("flow-runs.json")
ASKED = ("from", "to", "deployment", "force")


def recorded() -> JSON:
    """Return the setups, the proposals, and the transitions from those by these."""
    found: JSON = json.loads(DATA.read_text("utf-8"))
    return found


def replay(player: Player, data: JSON, asked: JSON) -> JSON:
    """Ask what was asked when it was recorded; return what is seen."""
    return propose(player, data, asked, prepare(player, data, asked))


def prepare(player: Player, data: JSON, asked: JSON) -> str:
    """Bring a run to where the proposal found it; return its id."""
    setup = data["setups"][asked["from"]]
    fields = dict(setup.get("fields", {}))
    if asked["deployment"]:
        fields["deployment_id"] = player.deployment
    if setup.get("subflow"):
        fields["parent_task_run_id"] = player.create(TASK_RUNS, {})
    steps = [Step(step["state"], step.get("force", True)) for step in setup["steps"]]
    run = start(player, FLOW_RUNS, fields, steps)
    if "changes" in setup:
        player.change(run, setup["changes"])
    return run


def propose(
    player: Player, data: JSON, asked: JSON, run: str, *, before: JSON | None = None
) -> JSON:
    """Propose what was proposed to a run that is prepared; return what is seen."""
    proposal = Step(data["proposals"][asked["to"]], asked["force"])
    return observed(ask(player, FLOW_RUNS, run, proposal, before=before))


def facts(transition: JSON) -> JSON:
    """Return what was seen when it was recorded."""
    return {name: seen for name, seen in transition.items() if name not in ASKED}


def label(asked: JSON) -> str:
    """Tell one transition from the others."""
    kind = "forced " * asked["force"] + "deployed " * asked["deployment"]
    return f"{kind}{asked['from']} -> {asked['to']}"
