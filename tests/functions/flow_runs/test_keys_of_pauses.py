"""A pause may name a key that no input of its flow run can have."""

import httpx
import pytest

from tests.store.support.asking import made, new_flow, new_flow_run


@pytest.mark.parametrize("key", ["s" * 1_100, "S" * 3_000, "é" * 600])
def test_a_run_stays_paused_whose_schema_has_a_key_that_no_input_has(
    api_on_dynoxide: httpx.Client, key: str
) -> None:
    """More bytes than a sort key of DynamoDB's has."""
    flow = made(api_on_dynoxide, new_flow())["id"]
    details = {"pause_timeout": "2100-01-01T00:00:00Z", "run_input_keyset": {"schema": key}}
    state = {"type": "PAUSED", "state_details": details}
    run = made(api_on_dynoxide, new_flow_run(flow, state=state))["id"]
    refused = api_on_dynoxide.post(f"/flow_runs/{run}/resume", json={"run_input": {"x": 1}})
    assert refused.json()["details"]["reason"] == "Run input schema not found."
