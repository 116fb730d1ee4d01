"""A flow run may name a deployment that is not there; then nothing hands it out."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.store.support.asking import ask, made, new_flow, new_flow_run
from tests.store.support.proposing import JSON, proposal

ABORTED = {"type": "abort_details", "reason": "Deployment not found."}


@pytest.fixture
def run(api_on_dynoxide: httpx.Client) -> JSON:
    flow = made(api_on_dynoxide, new_flow())
    fields: JSON = {"deployment_id": str(uuid4()), "state": {"type": "SCHEDULED"}}
    found: JSON = made(api_on_dynoxide, new_flow_run(flow["id"], **fields))
    return found


def proposal_reply(api: httpx.Client, run: JSON, kind: str, **beside: Any) -> JSON:
    answer: JSON = ask(api, proposal("flow_runs", run, kind, **beside)).json()["details"]
    return answer


def test_its_runs_are_not_handed_out(api_on_dynoxide: httpx.Client, run: JSON) -> None:
    assert proposal_reply(api_on_dynoxide, run, "PENDING") == ABORTED


def test_its_runs_may_run(api_on_dynoxide: httpx.Client, run: JSON) -> None:
    assert proposal_reply(api_on_dynoxide, run, "RUNNING") == {"type": "accept_details"}
