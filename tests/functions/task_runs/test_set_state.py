"""POST /task_runs/{id}/set_state and its like for flow runs: bodies and replies."""

from uuid import UUID, uuid4

import httpx
import pytest

from tests.store.support.asking import ask, flow_run_id, made, new_task_run
from tests.store.support.proposing import JSON, proposal, read

KINDS = {"task_runs": "Task run", "flow_runs": "Flow run"}

each_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


@pytest.fixture
def run(api: httpx.Client, kind: str) -> JSON:
    if kind == "flow_runs":
        return read(api, kind, {"id": flow_run_id(api)})
    created: JSON = made(api, new_task_run())
    return created


def post(api: httpx.Client, kind: str, run: JSON, body: object) -> httpx.Response:
    return api.post(f"/{kind}/{run['id']}/set_state", json=body)


@each_kind
def test_an_accepted_state_is_told_and_read_back(api: httpx.Client, kind: str, run: JSON) -> None:
    answer = ask(api, proposal(kind, run, "RUNNING", name="Mine", message="go", data={"a": [1]}))
    assert answer.status_code == 201
    reply = answer.json()
    assert list(reply) == ["state", "status", "details"]
    assert (reply["status"], reply["details"]) == ("ACCEPT", {"type": "accept_details"})
    actual = [reply["state"][name] for name in ("type", "name", "message", "data")]
    assert actual == ["RUNNING", "Mine", "go", {"a": [1]}]
    assert read(api, kind, run)["state"] == reply["state"]


@each_kind
def test_an_unknown_run_has_no_state_to_leave(api: httpx.Client, kind: str) -> None:
    unknown = str(uuid4())
    answer = ask(api, proposal(kind, {"id": unknown}, "RUNNING"))
    actual = {"exception_message": f"{KINDS[kind]} with id {unknown} not found"}
    assert (answer.status_code, answer.json()) == (404, actual)


STAMPED = {"type": "RUNNING", "timestamp": "2020-01-01T00:00:00Z"}
MALFORMED: list[tuple[JSON, str, list[str]]] = [
    ({"type": "RUNNING"}, "missing", ["state"]),
    ({"state": {}}, "missing", ["state", "type"]),
    ({"state": {"type": "running"}}, "enum", ["state", "type"]),
    ({"state": {"type": "RUNNING", "id": str(UUID(int=9))}}, "extra_forbidden", ["state", "id"]),
    ({"state": STAMPED}, "extra_forbidden", ["state", "timestamp"]),
    ({"state": {"type": "RUNNING"}, "force": "perhaps"}, "bool_parsing", ["force"]),
]


@each_kind
@pytest.mark.parametrize("malformed", MALFORMED, ids=str)
def test_a_malformed_proposal_is_refused(
    api: httpx.Client, kind: str, run: JSON, malformed: tuple[JSON, str, list[str]]
) -> None:
    body, problem, place = malformed
    answer = post(api, kind, run, body)
    assert answer.status_code == 422
    (actual,) = answer.json()["exception_detail"]
    assert (actual["type"], actual["loc"]) == (problem, ["body", *place])
    assert read(api, kind, run)["state_id"] == run["state_id"]


@each_kind
def test_no_word_of_force_is_no_force(api: httpx.Client, kind: str, run: JSON) -> None:
    for how in ({}, {"force": None}, {"force": False}):
        ask(api, proposal(kind, run, "FAILED", force=True))
        reply = post(api, kind, run, {"state": {"type": "CRASHED"}, **how}).json()
        assert reply["status"] == "ABORT"
        assert reply["state"]["type"] == "FAILED"


@each_kind
def test_a_name_may_be_empty_and_is_the_types_by_default(
    api: httpx.Client, kind: str, run: JSON
) -> None:
    names = [
        ask(api, proposal(kind, run, "CANCELLING", force=True, **given)).json()["state"]["name"]
        for given in ({"name": ""}, {"name": None}, {})
    ]
    assert names == ["", "Cancelling", "Cancelling"]


@each_kind
def test_a_scheduled_state_is_due_at_once_unless_told_otherwise(
    api: httpx.Client, kind: str, run: JSON
) -> None:
    state = ask(api, proposal(kind, run, "SCHEDULED")).json()["state"]
    assert state["state_details"]["scheduled_time"] == state["timestamp"]
    assert read(api, kind, run)["next_scheduled_start_time"] == state["timestamp"]


def test_a_retry_delay_beyond_the_calendar_fails_no_run(api: httpx.Client) -> None:
    policy = {"retries": 2, "retry_delay": [1e12, -1e12]}
    run = made(api, new_task_run(empirical_policy=policy, state={"type": "RUNNING"}))
    last = ask(api, proposal("task_runs", run, "FAILED")).json()["state"]
    assert last["state_details"]["scheduled_time"] == "9999-12-31T23:59:59.999999Z"
    ask(api, proposal("task_runs", run, "RUNNING", force=True))
    first = ask(api, proposal("task_runs", run, "FAILED")).json()["state"]
    assert first["state_details"]["scheduled_time"] == "0001-01-01T00:00:00Z"
    assert read(api, "task_runs", run)["next_scheduled_start_time"] == "0001-01-01T00:00:00Z"
