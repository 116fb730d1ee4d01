"""Programs that look on while others run."""

from collections.abc import Mapping

from tests.conformance.clients.scene import Check, ClientScene, contains


def watches(scene: ClientScene) -> None:
    code, shown = scene.result("watched")
    assert code == 0, shown
    contains(shown, "prefect.flow-run.Completed", "a line to be seen", "finished successfully")


CHECKS: Mapping[str, Check] = {
    "prefect flow-run watch shows what a flow enters and logs": watches,
}
