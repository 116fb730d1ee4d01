"""The event of a flow run's state names the key by which it was entered."""

from typing import Any

import httpx
import pytest

from tests.conftest import api_client
from tests.support.databases import GUARDED_TEMPLATE, DynamoDB
from tests.support.keys import add_key, bearer
from tests.support.management import Management
from tests.support.streaming import Streaming

STATES = ("PENDING", "RUNNING", "COMPLETED")


@pytest.fixture
def api(
    on_dynoxide: DynamoDB, management: Management, monkeypatch: pytest.MonkeyPatch
) -> httpx.Client:
    """A client of functions that ask for keys."""
    return api_client(on_dynoxide, management, monkeypatch, GUARDED_TEMPLATE)


def ask(api: httpx.Client, key: str, path: str, **body: object) -> Any:  # noqa: ANN401 JSON
    return api.post(path, json=body, headers=bearer(key)).raise_for_status().json()


def enter(api: httpx.Client, key: str, run: str, kind: str) -> None:
    ask(api, key, f"/flow_runs/{run}/set_state", state={"type": kind})


def actors(api: httpx.Client, key: str, run: str) -> dict[str, list[str]]:
    """Return the actors of each state of a run."""
    about = {"resource": {"id": [f"prefect.flow-run.{run}"]}, "occurred": {"since": "2020-01-01"}}
    found = ask(api, key, "/events/filter", filter=about, limit=50)["events"]
    return {
        event["event"].rpartition(".")[2]: [
            related["prefect.resource.id"]
            for related in event["related"]
            if related["prefect.resource.role"] == "actor"
        ]
        for event in found
    }


def test_an_event_names_the_key_of_who_changed_the_flow_run(
    stream_on_dynoxide: Streaming, api: httpx.Client
) -> None:
    etl, ops = add_key("write", "etl"), add_key("write", "ops")
    flow = ask(api, etl, "/flows/", name="f")["id"]
    state = {"type": "PENDING"}
    run, other = (
        ask(api, key, "/flow_runs/", flow_id=flow, state=state)["id"] for key in (etl, ops)
    )
    for kind, key in {"RUNNING": etl, "COMPLETED": ops}.items():
        enter(api, key, run, kind)
    api.patch(f"/flow_runs/{run}", json={"name": "n"}, headers=bearer(etl)).raise_for_status()
    chosen = {"id": {"any_": [other]}}
    ask(api, ops, "/flow_runs/bulk_set_state", flow_runs=chosen, state={"type": "CANCELLED"})
    stream_on_dynoxide.pump()
    assert actors(api, etl, run) == {
        "Pending": ["runledger.key.etl"],
        "Running": ["runledger.key.etl"],
        "Completed": ["runledger.key.ops"],
    }
    by_ops = ["runledger.key.ops"]
    assert actors(api, etl, other) == {"Pending": by_ops, "Cancelled": by_ops}
    wanted = {"related": {"id": ["runledger.key.ops"]}, "occurred": {"since": "2020-01-01"}}
    assert ask(api, etl, "/events/filter", filter=wanted)["total"] == 3


def test_without_a_key_an_event_names_nobody(
    api_on_dynoxide: httpx.Client, stream_on_dynoxide: Streaming
) -> None:
    api = api_on_dynoxide
    flow = api.post("/flows/", json={"name": "f"}).json()["id"]
    api.post("/flow_runs/", json={"flow_id": flow, "state": {"type": "RUNNING"}})
    stream_on_dynoxide.pump()
    found = api.post("/events/filter", json={"limit": 9}).json()["events"]
    assert [related["prefect.resource.role"] for related in found[0]["related"]] == ["flow"]
