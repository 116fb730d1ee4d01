"""Inputs of running flow runs, used so that every right is needed."""

import json

import httpx

KIND = "__prefect_kind"
KEYSET = {"schema": "schema", "response": "response"}
ASKING = {"type": "PAUSED", "state_details": {"run_input_keyset": KEYSET}}


def use_inputs(api: httpx.Client, flow_run: str) -> None:
    """Let a flow run that runs pause until it is answered."""
    path = f"/flow_runs/{flow_run}"
    _do(api.post(f"{path}/set_state", json={"state": ASKING}))
    schema = json.dumps({"description": "long enough to be stored in pieces " * 20})
    _do(api.post(f"{path}/input", json={"key": "schema", "value": schema}))
    for names in (["one", "other"], [{KIND: "none", "value": "any"}]):
        # Unknown variables: the flow run goes on waiting.
        unknown = [{KIND: "workspace_variable", "variable_name": name} for name in names]
        _do(api.post(f"{path}/resume", json={"run_input": {"x": unknown}}))
    _do(api.post(f"{path}/resume", json={"run_input": {"x": 1}}))
    _do(api.post(f"{path}/input/filter", json={"prefix": ""}))
    _do(api.get(f"{path}/input/response"))
    _do(api.delete(f"{path}/input/response"))
    _do(api.patch(f"{path}/labels", json={"a": 1}))
    _do(api.get(f"{path}/logs/download"))


def _do(response: httpx.Response) -> None:
    assert response.is_success, response.text
