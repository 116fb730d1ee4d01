"""Races of inputs: one answer to a pause, and one input for a key."""

import json
from collections import Counter

import httpx
import pytest

from runledger import wiring
from tests.store.support.asking import Asked, ask_at_once, made, new_flow, new_flow_run
from tests.store.support.calls import preceded

RACERS = 16
KEYSET = {"schema": "schema", "response": "response"}
ASKING = {"state_details": {"run_input_keyset": KEYSET, "pause_timeout": "2040-01-01T00:00:00Z"}}


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


@pytest.fixture
def paused(api: httpx.Client) -> str:
    """A flow run that waits for an answer."""
    flow = made(api, new_flow())["id"]
    run = made(api, new_flow_run(flow, state={"type": "RUNNING"}))["id"]
    entered(api, run, "PAUSED", **ASKING)
    api.post(f"/flow_runs/{run}/input", json={"key": "schema", "value": "{}"}).raise_for_status()
    return str(run)


def entered(api: httpx.Client, run: str, kind: str, **details: object) -> None:
    state = {"type": kind, **details}
    api.post(f"/flow_runs/{run}/set_state", json={"state": state}).raise_for_status()


def resuming(run: str, number: int) -> Asked:
    return Asked("POST", f"/flow_runs/{run}/resume", {"run_input": {"x": number}})


def test_of_many_answers_to_a_pause_one_is_taken(api: httpx.Client, paused: str) -> None:
    answers = ask_at_once(api, [resuming(paused, number) for number in range(RACERS)])
    verdicts = [answer.json()["status"] for answer in answers]
    assert Counter(verdicts) == {"ACCEPT": 1, "ABORT": RACERS - 1}
    kept = api.get(f"/flow_runs/{paused}/input/response").text
    assert json.loads(kept) == {"x": verdicts.index("ACCEPT")}
    assert api.get(f"/flow_runs/{paused}").json()["run_count"] == 2


def test_of_many_inputs_with_one_key_one_is_taken(api: httpx.Client, paused: str) -> None:
    path = f"/flow_runs/{paused}/input"
    asked = [Asked("POST", path, {"key": "k", "value": str(n)}) for n in range(RACERS)]
    statuses = [answer.status_code for answer in ask_at_once(api, asked)]
    assert Counter(statuses) == {httpx.codes.CREATED: 1, httpx.codes.CONFLICT: RACERS - 1}
    assert api.get(f"{path}/k").text == str(statuses.index(httpx.codes.CREATED))


def test_an_answer_to_a_pause_that_ended_meanwhile_is_not_kept(
    api: httpx.Client, paused: str
) -> None:
    after_run_and_schema, client = 2, wiring.store().table.client
    with preceded(client, after_run_and_schema, lambda: entered(api, paused, "CANCELLED")):
        answer = api.post(f"/flow_runs/{paused}/resume", json={"run_input": {"x": 1}})
    assert answer.json()["status"] == "ABORT"
    assert api.get(f"/flow_runs/{paused}/input/response").status_code == httpx.codes.NOT_FOUND
