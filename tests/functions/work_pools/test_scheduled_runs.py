"""Runs of schedules on their way to workers."""

from datetime import UTC, datetime, timedelta

import httpx

from tests.functions.work_pools.polling import deployed, new_pool, polled, shown

HOURLY = {"schedule": {"interval": 3600}, "active": True}


def test_runs_of_a_schedule_wait_in_the_queue_of_their_deployment(api: httpx.Client) -> None:
    new_pool(api)
    deployment = deployed(api, work_queue_name="mine", schedules=[HOURLY])
    runs = api.post("/flow_runs/filter", json={"sort": "NAME_ASC"}).json()
    assert {run["work_queue_id"] for run in runs} == {deployment["work_queue_id"]}
    assert sorted(polled(api)) == [run["name"] for run in runs] != []
    path = f"/deployments/{deployment['id']}"
    api.patch(path, json={"paused": True}).raise_for_status()
    assert shown(api, path)["paused"]
    # What is due already stays.
    soon = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    assert polled(api, scheduled_after=soon) == []
