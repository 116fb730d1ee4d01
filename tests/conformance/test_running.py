"""Tests of running a program on two servers of a few lines."""

from collections.abc import Callable

import httpx
import pytest

from tests.conformance.generated.shrinking import shrunk
from tests.conformance.programs import RequestStep, delete, get, post, program, raw
from tests.conformance.running import ProgramOutcome, ProgramRun, Sides
from tests.conformance.sides import ComparedSide

ComparedServer = Callable[[httpx.Request], httpx.Response]


class Notes:
    """A server that keeps notes by id, and all requests that it got."""

    def __init__(self, prefix: str) -> None:
        self.notes: dict[str, object] = {}
        self.asked: list[str] = []
        self._prefix = prefix

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api")
        self.asked.append(f"{request.method} {path}")
        if request.method == "POST":
            identity = f"{self._prefix * 8}-0000-4000-8000-{len(self.notes):012d}"
            self.notes[identity] = {"id": identity, "text": request.content.decode()}
            return httpx.Response(201, json=self.notes[identity])
        identity = path.rpartition("/")[2]
        note = self.notes.pop(identity, None) if request.method == "DELETE" else None
        found = note or self.notes.get(identity)
        return httpx.Response(200, json=found) if found else httpx.Response(404, json={})


def side(server: ComparedServer) -> ComparedSide:
    transport = httpx.MockTransport(server)
    return ComparedSide(httpx.Client(transport=transport, base_url="http://notes/api"))


def outcomes(
    reference: ComparedServer, ours: ComparedServer, *steps: RequestStep
) -> list[ProgramOutcome]:
    return list(ProgramRun(Sides(side(reference), side(ours)), program("notes", *steps)).outcomes())


def refusing(method: str, server: ComparedServer) -> ComparedServer:
    return lambda request: (
        httpx.Response(418, json={}) if request.method == method else server(request)
    )


def test_steps_name_what_earlier_answers_told() -> None:
    steps = (raw("POST", "/flows/", b"x").named("flow"), get("/flows/<flow.id>"))
    found = outcomes(Notes("a"), Notes("b"), *steps)
    assert [(one.exchange.ours.status, one.disagreed) for one in found] == [
        (201, False),
        (200, False),
    ]


def test_a_read_that_disagrees_does_not_end_the_program() -> None:
    steps = (post("/flows/", {}), get("/flows/<s1.id>"), post("/flows/", {}))
    found = outcomes(Notes("a"), refusing("GET", Notes("b")), *steps)
    assert [one.disagreed for one in found] == [False, True, False]


@pytest.mark.parametrize("path", ["/task_runs/count", "/work_pools/a b/queues/filter"])
@pytest.mark.usefixtures("_no_pauses")
def test_a_count_that_lags_is_asked_for_again(path: str) -> None:
    assert [one.disagreed for one in outcomes(*lagging(3), post(path, {}))] == [False]
    assert [one.disagreed for one in outcomes(*lagging(100), post(path, {}))] == [True]


@pytest.mark.usefixtures("_no_pauses")
def test_what_a_lagging_answer_showed_is_forgotten() -> None:
    first, second = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "ab")

    def lists(*answers: list[str]) -> ComparedServer:
        rest = [[{"id": identity, "type": identity[0]} for identity in ids] for ids in answers]
        return lambda _: httpx.Response(200, json=rest.pop(0) if len(rest) > 1 else rest[0])

    ahead, behind = lists([second], [first, second]), lists([first], [first, second])
    step = get("/task_run_states/?task_run_id=x")
    assert [one.disagreed for one in outcomes(ahead, behind, step, step)] == [False, False]


@pytest.mark.usefixtures("_no_pauses")
def test_a_list_must_agree_at_once() -> None:
    assert [one.disagreed for one in outcomes(*lagging(1), post("/flows/filter", {}))] == [True]


def lagging(answers: int) -> tuple[ComparedServer, ComparedServer]:
    """Return two servers, of which the second counts what the first does, so many answers later."""
    wrong = iter(range(answers))
    return (
        lambda _: httpx.Response(200, json=1),
        lambda _: httpx.Response(200, json=0 if next(wrong, None) is not None else 1),
    )


def test_a_write_that_one_side_refused_ends_the_program() -> None:
    steps = (post("/flows/", {}), delete("/flows/<s1.id>"), get("/flows/<s1.id>"))
    found = outcomes(Notes("a"), refusing("DELETE", Notes("b")), *steps)
    assert [one.disagreed for one in found] == [False, True]


def test_a_step_that_only_one_side_can_be_asked_ends_the_program() -> None:
    steps = (post("/flows/", {"state": {"data": "x"}}), get("/flows/<s1.id>"))
    silent: ComparedServer = lambda _: httpx.Response(500, json={})  # noqa: E731 a server of one line
    assert len(outcomes(silent, Notes("b"), *steps)) == 1


def test_a_redirect_of_the_reference_is_followed_where_we_answer_at_once() -> None:
    strict, lenient = Notes("a"), Notes("b")

    def redirecting(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/"):
            return strict(request)
        return httpx.Response(307, headers={"location": f"{request.url.path}/"})

    (found,) = outcomes(redirecting, lenient, post("/flows", {}))
    assert (found.disagreed, found.rule) == (False, "Slashes")


def test_what_a_program_made_is_deleted_with_flows_first() -> None:
    server = Notes("a")
    outcomes(server, Notes("b"), post("/task_runs/", {}), post("/flows/", {}))
    assert [asked.rpartition("/")[0] for asked in server.asked[-2:]] == [
        "DELETE /flows",
        "DELETE /task_runs",
    ]
    assert server.notes == {}


def test_a_work_pool_is_deleted_by_its_name() -> None:
    server = Notes("a")
    outcomes(server, Notes("b"), post("/work_pools/", {"name": "a b"}))
    assert server.asked[-1] == "DELETE /work_pools/a b"


def test_a_program_is_shrunk_to_the_steps_that_it_takes() -> None:
    steps = [post("/flows/", {}) for _ in range(7)]
    sides = Sides(side(Notes("a")), side(refusing("DELETE", Notes("b"))))
    run = ProgramRun(sides, program("notes", *steps, delete("/flows/<s4.id>")))
    last = [outcome for outcome in run.outcomes() if outcome.disagreed][-1]
    shortest = shrunk(sides, last)
    assert [step.method for step in shortest.program.steps] == ["DELETE"]
