"""Flows that pause, and what other programs give them."""

from collections.abc import Mapping

from tests.conformance.clients.scene import Check, ClientScene


def pauses(scene: ClientScene) -> None:
    assert scene.result("pausing") == ["Ada", 36, ["hello", "world"]]
    run = scene.flow_run("pausing")
    assert scene.flow_states(run) == "Pending Running Paused Running Paused Running Completed"
    everything = {"prefix": "", "limit": 10}
    given = scene.post(f"/flow_runs/{run['id']}/input/filter", everything)
    answers = [one["value"] for one in given if one["key"].endswith("-response")]
    assert answers == ['{"name":"Ada"}']


CHECKS: Mapping[str, Check] = {
    "a flow pauses until another program resumes it, answers it, and sends it input": pauses,
}
