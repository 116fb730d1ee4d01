"""What stock programs do and print: a table of claims, each checked by running one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID, uuid4

from tests.conformance.clients import survival
from tests.conformance.clients.stock import Ran, Stock
from tests.conformance.servers import free_port

ADDITIONS = 3


@dataclass(frozen=True)
class Scene:
    """Stock programs, and the runs that one of them has submitted."""

    stock: Stock

    @cached_property
    def submitted(self) -> list[str]:
        """Ids of some additions and, last, of a greeting."""
        ids: list[str] = self.stock.run("submit", str(ADDITIONS)).result()
        return ids


Check = Callable[[Scene], None]


def submits(scene: Scene) -> None:
    assert len({UUID(text) for text in scene.submitted}) == ADDITIONS + 1


def leaves_parameters(scene: Scene) -> None:
    second = scene.submitted[1]
    assert scene.stock.run("parameters", second).result() == {"x": 1, "y": 2}


def lists(scene: Scene) -> None:
    shown = _shown(scene, "ls")
    _contains(shown, *scene.submitted, "SCHEDULED", "add", "Greet somebody", "seconds ago")


def lists_by_name(scene: Scene) -> None:
    shown = _shown(scene, "ls", "--task-run-name", "add")
    _contains(shown, *scene.submitted[:-1])
    assert scene.submitted[-1] not in shown, shown


def lists_by_state(scene: Scene) -> None:
    assert "No task runs found" in _shown(scene, "ls", "--state", "Running")
    shown = _shown(scene, "ls", "--state-type", "SCHEDULED", "--limit", "1")
    listed = [run_id for run_id in scene.submitted if run_id in shown]
    assert listed == scene.submitted[-1:], shown


def inspects(scene: Scene) -> None:
    shown = _shown(scene, "inspect", scene.submitted[-1])
    _contains(shown, scene.submitted[-1], "name='Greet somebody'", "'polite'", "deferred=True")
    _contains(shown, "state_type=StateType.SCHEDULED", "task_inputs={'name': []}")


def misses(scene: Scene) -> None:
    unknown = str(uuid4())
    ran = scene.stock.prefect("task-run", "inspect", unknown)
    _fails(ran, f"Task run '{unknown}' not found!")
    assert "Traceback" not in ran.err, ran.told()


def searches(scene: Scene) -> None:
    _succeeds(scene.stock.run("search", *scene.submitted))


def moves(scene: Scene) -> None:
    _succeeds(scene.stock.run("states", scene.submitted[1]))


def manages(scene: Scene) -> None:
    _succeeds(scene.stock.run("manage", scene.submitted[0]))


def creates_in_a_flow_run(scene: Scene) -> None:
    _succeeds(scene.stock.run("flow_run"))


def holds_slots(scene: Scene) -> None:
    _succeeds(scene.stock.run("limits"))


def limits_tags(scene: Scene) -> None:
    for command in (("create", "db", "2"), ("inspect", "db"), ("delete", "db")):
        _succeeds(scene.stock.prefect("concurrency-limit", *command))
    gone = scene.stock.prefect("concurrency-limit", "inspect", "db")
    _fails(gone, "No concurrency limit found for the tag: db")


def limits_by_name(scene: Scene) -> None:
    for command in (("create", "api", "--limit", "3"), ("update", "api", "--limit", "4"), ("ls",)):
        _succeeds(scene.stock.prefect("gcl", *command))
    shown = scene.stock.prefect("gcl", "inspect", "api")
    _contains(shown.out, "name='api'", "limit=4")


def shows_task_runs_of_flows(scene: Scene) -> None:
    _succeeds(scene.stock.run("flows"))


def waits_for_results(scene: Scene) -> None:
    _succeeds(scene.stock.run("results"))


def survives(_: Scene) -> None:
    survival.survives()


def survives_behind_a_redirect(_: Scene) -> None:
    survival.survives(SOCKETS="redirect", SOCKETS_PORT=str(free_port()))


def refuses_another_password(scene: Scene) -> None:
    _is_refused(replace(scene.stock, auth=f"{scene.stock.auth}?"))


def refuses_no_password(scene: Scene) -> None:
    _is_refused(replace(scene.stock, auth=None))


OPEN: Mapping[str, Check] = {
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
    "concurrency(), tags and rate_limit() hold no more slots than there are": holds_slots,
    "prefect concurrency-limit limits tags": limits_tags,
    "prefect gcl creates, changes and shows limits": limits_by_name,
    "get_client() creates one run for each dynamic key of a flow run": creates_in_a_flow_run,
    "a flow's task runs show with their retries, failures and subflows": shows_task_runs_of_flows,
    "result() of background tasks waits for a worker's": waits_for_results,
}
ABOUT_THE_LOCAL_SERVER: Mapping[str, Check] = {
    "500 background runs survive their workers and the server": survives,
    "500 background runs survive them behind a redirect": survives_behind_a_redirect,
}
LOCKED: Mapping[str, Check] = {
    "with the password task.delay() submits runs": submits,
    "with the password prefect task-run ls shows them": lists,
    "with the password a flow's task runs show": shows_task_runs_of_flows,
    "with the password result() of background tasks waits for a worker's": waits_for_results,
    "with another password all is refused": refuses_another_password,
    "without a password all is refused": refuses_no_password,
}


def _shown(scene: Scene, *command: str) -> str:
    ran = scene.stock.prefect("task-run", *command)
    _succeeds(ran)
    return ran.out


def _contains(shown: str, *texts: str) -> None:
    missing = [text for text in texts if text not in shown]
    assert not missing, f"{missing} not in\n{shown}"


def _succeeds(ran: Ran) -> None:
    assert ran.code == 0, ran.told()


def _fails(ran: Ran, saying: str) -> None:
    assert ran.code == 1, ran.told()
    _contains(ran.out + ran.err, saying)


def _is_refused(stock: Stock) -> None:
    for ran in (stock.run("submit", "1"), stock.prefect("task-run", "ls")):
        _fails(ran, "401 Unauthorized")
