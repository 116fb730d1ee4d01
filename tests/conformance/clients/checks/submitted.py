"""Background runs that nobody has served yet: how they are read, changed and listed.

The checks follow each other in one home, on a server where there is nothing else.
"""

from collections.abc import Mapping
from uuid import UUID, uuid4

from tests.conformance.clients.scene import ADDITIONS, Check, ClientScene, contains, fails, succeeds


def submits(scene: ClientScene) -> None:
    assert len({UUID(text) for text in scene.submitted}) == ADDITIONS + 1


def leaves_parameters(scene: ClientScene) -> None:
    second = scene.submitted[1]
    assert scene.stock.run("parameters", second).result() == {"x": 1, "y": 2}


def lists(scene: ClientScene) -> None:
    submitted = scene.submitted
    contains(_shown(scene, "ls"), *submitted, "SCHEDULED", "add", "Greet somebody", " ago")


def lists_by_name(scene: ClientScene) -> None:
    *additions, greeting = scene.submitted
    shown = _shown(scene, "ls", "--task-run-name", "add")
    contains(shown, *additions)
    assert greeting not in shown, shown


def lists_by_state(scene: ClientScene) -> None:
    submitted = scene.submitted
    assert "No task runs found" in _shown(scene, "ls", "--state", "Running")
    shown = _shown(scene, "ls", "--state-type", "SCHEDULED", "--limit", "1")
    assert [run_id for run_id in submitted if run_id in shown] == submitted[-1:], shown


def inspects(scene: ClientScene) -> None:
    shown = _shown(scene, "inspect", scene.submitted[-1])
    contains(shown, scene.submitted[-1], "name='Greet somebody'", "'polite'", "deferred=True")
    contains(shown, "state_type=StateType.SCHEDULED", "task_inputs={'name': []}")


def misses(scene: ClientScene) -> None:
    unknown = str(uuid4())
    ran = scene.stock.prefect("task-run", "inspect", unknown)
    fails(ran, f"Task run '{unknown}' not found!")
    assert "Traceback" not in ran.err, ran.as_text()


def searches(scene: ClientScene) -> None:
    succeeds(scene.stock.run("search", *scene.submitted))


def moves(scene: ClientScene) -> None:
    succeeds(scene.stock.run("states", scene.submitted[1]))


def manages(scene: ClientScene) -> None:
    succeeds(scene.stock.run("manage", scene.submitted[0]))


CHECKS: Mapping[str, Check] = {
    "task.delay() submits runs": submits,
    "a worker can read their parameters": leaves_parameters,
    "prefect task-run ls shows them": lists,
    "prefect task-run ls --task-run-name shows some of them": lists_by_name,
    "prefect task-run ls --state, --state-type and --limit too": lists_by_state,
    "prefect task-run inspect shows one": inspects,
    "prefect task-run inspect says that there is no such run": misses,
    "get_client() finds them by id, state, name and tags, sorted, in pages": searches,
    "get_client() takes one through its states": moves,
    "get_client() renames and deletes one, which is then unknown": manages,
}


def _shown(scene: ClientScene, *command: str) -> str:
    ran = scene.stock.prefect("task-run", *command)
    succeeds(ran)
    return ran.out
