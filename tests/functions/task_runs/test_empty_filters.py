"""A filter that allows no id or no state lets nothing through."""

import httpx
import pytest

from tests.store.support.asking import made, new_task_run


def status_and_body(answer: httpx.Response) -> tuple[int, object]:
    return answer.status_code, answer.json()


@pytest.mark.parametrize("things", ["flow_runs", "task_runs", "flows", "deployments"])
@pytest.mark.parametrize("asked", ["flows", "flow_runs", "task_runs", "deployments"])
def test_none_of_no_ids_is_found(api_on_dynoxide: httpx.Client, things: str, asked: str) -> None:
    made(api_on_dynoxide, new_task_run())
    body: dict[str, object] = {asked: {"id": {"any_": []}}}
    assert status_and_body(api_on_dynoxide.post(f"/{things}/filter", json=body)) == (200, [])


@pytest.mark.parametrize("things", ["flow_runs", "task_runs"])
def test_none_in_no_state_is_found(api_on_dynoxide: httpx.Client, things: str) -> None:
    made(api_on_dynoxide, new_task_run())
    body = {things: {"state": {"type": {"any_": []}}}, "limit": 5, "offset": 1}
    assert status_and_body(api_on_dynoxide.post(f"/{things}/filter", json=body)) == (200, [])
