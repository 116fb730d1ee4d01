"""POST /flow_runs/lateness: by how much flow runs are late, on average."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.store.support.asking import made, new_flow, new_flow_run

HOUR = timedelta(hours=1)


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


@pytest.fixture
def flow(api: httpx.Client) -> str:
    return str(made(api, new_flow())["id"])


def due(api: httpx.Client, flow: str, ago: timedelta) -> None:
    time = (datetime.now(UTC) - ago).isoformat()
    state = {"type": "SCHEDULED", "state_details": {"scheduled_time": time}}
    made(api, new_flow_run(flow, state=state))


def lateness(api: httpx.Client, **wanted: object) -> float | None:
    answer = api.post("/flow_runs/lateness", json={"flow_runs": wanted}).raise_for_status()
    seconds: float | None = answer.json()
    return seconds


def test_it_is_the_mean_of_all(api: httpx.Client, flow: str) -> None:
    for ago in (3 * HOUR, HOUR, -HOUR):
        due(api, flow, ago)
    assert lateness(api) == pytest.approx((3 + 1) * 3600 / 3, abs=60)


def test_what_has_ended_without_a_start_is_not_late(api: httpx.Client, flow: str) -> None:
    made(api, new_flow_run(flow, state={"type": "COMPLETED"}))
    assert lateness(api) == 0


def test_nothing_is_not_late_at_all(api: httpx.Client, flow: str) -> None:
    due(api, flow, HOUR)
    assert lateness(api, name={"any_": ["nobody"]}) is None
