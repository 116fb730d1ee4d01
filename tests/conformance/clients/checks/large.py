"""Checks of documents larger than a DynamoDB item, as stock programs make them."""

from collections.abc import Mapping

from tests.conformance.clients.scene import DONE, Check, ClientScene, Shown

# As in the program: letters of three bytes each.
TEXT = "数据" * 40_000
UPSTREAM = 6_000


def is_stored(scene: ClientScene) -> None:
    name, message = scene.result("large")
    assert (name, message.endswith(TEXT)) == ("Failed", True)
    run = scene.flow_run("large")
    assert run["parameters"] == {"text": TEXT}
    assert (run["state_type"], run["state"]["message"]) == ("FAILED", message)
    scene.shows(run, {Shown("fails", "Pending Running Failed"): 1, Shown("gathers", DONE): 1})
    failed = scene.task_run(run, "fails")
    assert failed["state"]["message"].endswith(TEXT)
    assert len(scene.task_run(run, "gathers")["task_inputs"]["results"]) == UPSTREAM


CHECKS: Mapping[str, Check] = {
    "messages of 240 KB and 6,000 upstream runs are recorded, in a flow run of 240 KB": is_stored,
}
