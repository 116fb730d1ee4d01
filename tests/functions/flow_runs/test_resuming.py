"""POST /flow_runs/{id}/resume: who may go on, and with what."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.store.support.asking import made, new_flow, new_flow_run, new_task_run

JSON = dict[str, Any]
KEYSET = {"schema": "p-schema", "response": "p-response"}
SCHEMA = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}
Paused = Callable[..., str]


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


@pytest.fixture
def paused(api: httpx.Client) -> Paused:
    """Make a flow run that is paused."""

    def make(*, of: JSON | None = None, **details: object) -> str:
        flow = made(api, new_flow())["id"]
        run = made(api, new_flow_run(flow, state={"type": "RUNNING"}, **(of or {})))["id"]
        timeout = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        state = {"type": "PAUSED", "state_details": {"pause_timeout": timeout, **details}}
        api.post(f"/flow_runs/{run}/set_state", json={"state": state}).raise_for_status()
        return str(run)

    return make


@pytest.fixture
def asking(api: httpx.Client, paused: Paused) -> str:
    """A flow run that is paused until it is told a number."""
    run = paused(run_input_keyset=KEYSET)
    give(api, run, KEYSET["schema"], json.dumps(SCHEMA))
    return run


def give(api: httpx.Client, run: str, key: str, value: str) -> None:
    body = {"key": key, "value": value}
    api.post(f"/flow_runs/{run}/input", json=body).raise_for_status()


def resume(api: httpx.Client, run: str, answer: object = None) -> JSON:
    actual = api.post(f"/flow_runs/{run}/resume", json={"run_input": answer})
    result: JSON = actual.raise_for_status().json()
    return result


def state_of(api: httpx.Client, run: str) -> str:
    return str(api.get(f"/flow_runs/{run}").json()["state"]["name"])


def answer_of(api: httpx.Client, run: str) -> str | None:
    found = api.get(f"/flow_runs/{run}/input/{KEYSET['response']}")
    return found.text if found.is_success else None


def test_a_paused_run_goes_on(api: httpx.Client, paused: Paused) -> None:
    run = paused()
    assert resume(api, run)["status"] == "ACCEPT"
    assert state_of(api, run) == "Running"


def test_a_suspended_run_is_scheduled_to_go_on(api: httpx.Client, paused: Paused) -> None:
    run = paused(of={"deployment_id": str(uuid4())}, pause_reschedule=True)
    resume(api, run)
    assert state_of(api, run) == "Resuming"


def test_only_a_paused_run_is_resumed(api: httpx.Client, paused: Paused) -> None:
    run = paused()
    resume(api, run)
    assert resume(api, run) == {
        "state": None,
        "status": "ABORT",
        "details": {
            "type": "abort_details",
            "reason": "Cannot resume a flow run that is not paused.",
        },
    }


def test_an_unknown_run_is_not_resumed(api: httpx.Client) -> None:
    assert api.post(f"/flow_runs/{uuid4()}/resume", json={}).status_code == httpx.codes.NOT_FOUND


def test_a_pause_that_is_over_fails(api: httpx.Client, paused: Paused) -> None:
    run = paused(pause_timeout="2020-01-01T00:00:00Z")
    assert resume(api, run)["status"] == "REJECT"
    assert state_of(api, run) == "Failed"


def test_the_answer_is_kept_for_the_run(api: httpx.Client, asking: str) -> None:
    resume(api, asking, {"x": 1, "y": ["é", 1.5, None]})
    assert answer_of(api, asking) == '{"x":1,"y":["é",1.5,null]}'


def test_an_answer_is_told_before_it_is_kept(api: httpx.Client, asking: str) -> None:
    resume(api, asking, {"x": {"__prefect_kind": "json", "value": "5"}})
    assert answer_of(api, asking) == '{"x":5}'


def test_a_run_that_asks_for_nothing_keeps_no_answer(api: httpx.Client, paused: Paused) -> None:
    run = paused()
    resume(api, run, {"x": 1})
    found = api.post(f"/flow_runs/{run}/input/filter", json={"prefix": "", "limit": -1})
    assert found.json() == []


NEEDED = json.dumps(SCHEMA)
REFUSED: dict[str, tuple[str | None, object, str]] = {
    "does not fit": (
        *(NEEDED, {"x": "a"}),
        "Reason: Validation failed for field 'x'. Failure reason: 'a' is not of type 'integer'",
    ),
    "nothing": (
        *(NEEDED, None),
        "Reason: Validation failed. Failure reason: 'x' is a required property",
    ),
    "can't be told": (
        *(NEEDED, {"x": {"__prefect_kind": "none"}}),
        "Error hydrating run input: Missing 'value' key in __prefect object",
    ),
    "no schema": (None, {"x": 1}, "Run input schema not found."),
    "no JSON": ("no json", {"x": 1}, "Run input schema is not valid JSON."),
    "nothing to ask": (
        *("5", {"x": 1}),
        "Reason: The provided schema is not a valid json schema.",
    ),
    "never ends": (
        *('{"$ref": "#"}', {"x": 1}),
        "Invalid schema: Unable to validate schema with circular references.",
    ),
}


@pytest.mark.parametrize("asked", REFUSED.values(), ids=REFUSED)
def test_a_run_stays_paused_until_it_is_answered(
    api: httpx.Client, paused: Paused, asked: tuple[str | None, object, str]
) -> None:
    schema, answer, reason = asked
    run = paused(run_input_keyset=KEYSET)
    if schema:
        give(api, run, KEYSET["schema"], schema)
    refused = resume(api, run, answer)
    assert (refused["status"], refused["state"]["name"]) == ("REJECT", "Paused")
    assert refused["details"] == {"type": "abort_details", "reason": reason}
    assert (state_of(api, run), answer_of(api, run)) == ("Paused", None)


@pytest.mark.parametrize("place", [{}, {"response": "no key"}], ids=["none", "none of inputs"])
def test_a_run_stays_paused_whose_answer_has_no_place(
    api: httpx.Client, paused: Paused, place: JSON
) -> None:
    run = paused(run_input_keyset={"schema": KEYSET["schema"], **place})
    give(api, run, KEYSET["schema"], NEEDED)
    assert resume(api, run, {"x": 1})["status"] == "REJECT"
    assert state_of(api, run) == "Paused"


def test_a_run_that_was_answered_otherwise_stays_paused(api: httpx.Client, asking: str) -> None:
    give(api, asking, KEYSET["response"], "old")
    answer = api.post(f"/flow_runs/{asking}/resume", json={"run_input": {"x": 1}})
    assert answer.status_code == httpx.codes.CONFLICT
    assert (state_of(api, asking), answer_of(api, asking)) == ("Paused", "old")


def test_a_run_whose_pause_is_over_keeps_no_answer(api: httpx.Client, paused: Paused) -> None:
    run = paused(run_input_keyset=KEYSET, pause_timeout="2020-01-01T00:00:00Z")
    give(api, run, KEYSET["schema"], json.dumps(SCHEMA))
    resume(api, run, {"x": 1})
    assert (state_of(api, run), answer_of(api, run)) == ("Failed", None)


def test_a_subflow_run_takes_its_parent_along(api: httpx.Client, paused: Paused) -> None:
    parent = made(api, new_task_run())["id"]
    run = paused(of={"parent_task_run_id": parent})
    resume(api, run)
    assert api.get(f"/task_runs/{parent}").json()["state"]["name"] == "Running"


def paused_again(api: httpx.Client, run: str, **details: object) -> httpx.Response:
    state = {"type": "PAUSED", "state_details": {"run_input_keyset": KEYSET, **details}}
    return api.post(f"/flow_runs/{run}/set_state", json={"state": state})


def test_what_an_earlier_attempt_was_told_does_not_answer_a_pause(
    api: httpx.Client, asking: str
) -> None:
    resume(api, asking, {"x": 1})
    give(api, asking, "other", "kept")
    assert answer_of(api, asking) is not None
    assert paused_again(api, asking).json()["status"] == "ACCEPT"
    assert answer_of(api, asking) is None
    assert api.get(f"/flow_runs/{asking}/input/{KEYSET['schema']}").status_code == 404
    assert api.get(f"/flow_runs/{asking}/input/other").text == "kept"


def test_a_pause_that_fired_already_keeps_what_it_was_told(
    api: httpx.Client, paused: Paused
) -> None:
    run = paused(run_input_keyset=KEYSET, pause_key="k")
    give(api, run, KEYSET["schema"], json.dumps(SCHEMA))
    resume(api, run, {"x": 1})
    assert paused_again(api, run, pause_key="k").json()["status"] == "REJECT"
    assert answer_of(api, run) is not None


def test_a_pause_may_name_keys_that_no_input_has_and_one_twice(
    api: httpx.Client, asking: str
) -> None:
    resume(api, asking, {"x": 1})
    odd = {"schema": "NO KEY", "response": "p-response", "again": "p-response", "long": "k" * 2000}
    assert paused_again(api, asking, run_input_keyset=odd).json()["status"] == "ACCEPT"
    assert answer_of(api, asking) is None


def test_a_pause_that_names_more_keys_than_go_at_once_is_refused(
    api: httpx.Client, asking: str
) -> None:
    resume(api, asking, {"x": 1})
    many = {str(number): f"k{number}" for number in range(41)}
    answer = paused_again(api, asking, run_input_keyset=many)
    assert answer.status_code == 413
    assert "at most 40 keys" in answer.text
    assert (state_of(api, asking), answer_of(api, asking) is None) == ("Running", False)


@pytest.mark.parametrize(
    ("version", "resuming"), [({}, False), ({"x-prefect-api-version": "0.8.3"}, True)]
)
def test_a_blocking_pause_left_for_another_attempt_pauses_again(
    api: httpx.Client, paused: Paused, version: dict[str, str], *, resuming: bool
) -> None:
    run = paused(pause_key="k")
    asked = {"state": {"type": "SCHEDULED"}}
    api.post(f"/flow_runs/{run}/set_state", json=asked, headers=version).raise_for_status()
    policy = api.get(f"/flow_runs/{run}").json()["empirical_policy"]
    assert policy["resuming"] is resuming
    assert policy["pause_keys"] == (["k"] if resuming else [])
    assert policy["retry_type"] == (None if resuming else "reschedule")
