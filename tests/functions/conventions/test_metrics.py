"""Metrics that the functions write as lines of their log, in CloudWatch's embedded format."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from runledger import wiring
from tests.support.streaming import Streaming

STACK = "a-stack"
Read = Callable[[], Counter[str]]


@pytest.fixture
def metrics(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Read:
    """Read the sums of the metrics that were written since the last call, by their names."""
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "false")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", STACK)

    def read() -> Counter[str]:
        found: Counter[str] = Counter()
        for line in filter(is_of_metrics, capsys.readouterr().out.splitlines()):
            found.update(values(json.loads(line)))
        return found

    return read


def is_of_metrics(line: str) -> bool:
    return '"_aws"' in line


def values(line: dict[str, Any]) -> dict[str, float]:
    """The metrics of a line, all of which belong to this stack."""
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Runledger"
    assert directive["Dimensions"] == [["service"]]
    assert line["service"] == STACK
    return {one["Name"]: sum(line[one["Name"]]) for one in directive["Metrics"]}


def create(api: httpx.Client, key: str, **state: Any) -> str:
    body = {"task_key": "t", "dynamic_key": key, "flow_run_id": None, "state": state}
    run_id: str = api.post("/task_runs/", json=body).json()["id"]
    return run_id


def test_answers_are_counted_by_their_kind(api: httpx.Client, metrics: Read) -> None:
    create(api, "a", type="PENDING")
    api.get("/task_runs/00000000-0000-0000-0000-000000000000")
    api.post("/task_runs/filter", json={"limit": "many"})
    api.post("/task_runs/count", json={})
    assert metrics() == {"Accepted": 1, "NotFound": 1, "Invalid": 1, "Answered": 1}


def test_runs_are_counted_as_they_enter_types_of_states(
    api: httpx.Client, stream: Streaming, metrics: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure_runs(monkeypatch)
    for key in "ab":
        run_id = create(api, key, type="PENDING")
        api.post(f"/task_runs/{run_id}/set_state", json={"state": {"type": "RUNNING"}})
    api.patch(f"/task_runs/{run_id}", json={"name": "another"})
    stream.pump()
    found = metrics()
    assert (found["PendingTaskRuns"], found["RunningTaskRuns"]) == (2, 2)
    assert {name for name in found if name.endswith("TaskRuns")} == {
        "PendingTaskRuns",
        "RunningTaskRuns",
    }


def test_waiting_runs_are_measured_each_minute(
    api: httpx.Client, stream: Streaming, metrics: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure_runs(monkeypatch)
    now = datetime.now(UTC)
    for minutes in (-5, -90, 60):
        due = (now + timedelta(minutes=minutes)).isoformat()
        create(api, str(minutes), type="SCHEDULED", state_details={"scheduled_time": due})
    create(api, "running", type="RUNNING")
    stream.pump()
    metrics()
    stream.run_schedule("sweep_task_workers")
    found = metrics()
    assert found["WaitingTaskRuns"] == 3
    assert found["OldestWaitingTaskRun"] == pytest.approx(90 * 60, abs=60)


def test_where_nothing_waits_the_oldest_is_due_for_no_time(
    api: httpx.Client, stream: Streaming, metrics: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure_runs(monkeypatch)
    later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    create(api, "a", type="SCHEDULED", state_details={"scheduled_time": later})
    stream.pump()
    metrics()
    stream.run_schedule("sweep_task_workers")
    assert metrics() == {"WaitingTaskRuns": 1, "OldestWaitingTaskRun": 0}


def test_runs_are_not_measured_where_nobody_looks(
    api: httpx.Client, stream: Streaming, metrics: Read
) -> None:
    create(api, "a", type="PENDING")
    stream.pump()
    stream.run_schedule("sweep_task_workers")
    assert metrics().keys() <= {"Accepted", "Reacted"}


def measure_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUN_METRICS", "on")
    wiring.reset()
