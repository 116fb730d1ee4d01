"""Whoever keeps the server is told that schedules start nothing, when some become active."""

import logging

import httpx
import pytest

from tests.functions.deployments.deploying import INTERVAL, Json, deployed, new_flow

WARNING = "schedules are kept and start no runs"
RESTING = {"schedule": INTERVAL, "slug": "resting", "active": False}
RUNNING = {"schedule": INTERVAL, "slug": "running"}
NEW = {"schedule": INTERVAL, "slug": "new"}

Asking = tuple[str, str, object]

# fmt: off
STARTING: list[Asking] = [
    ("POST",  "/schedules",           [RESTING | {"slug": "new"}, RUNNING | {"slug": "newer"}]),
    ("PATCH", "/schedules/{resting}", {"active": True}),
    ("POST",  "/resume_deployment",   None),
    ("PATCH", "",                     {"paused": False}),
    ("PATCH", "",                     {"schedules": [{"slug": "resting", "active": True}]}),
]
STOPPING: list[Asking] = [
    ("POST",   "/schedules",           [RESTING | {"slug": "new"}]),
    ("PATCH",  "/schedules/{running}", {"active": False}),
    ("PATCH",  "/schedules/{resting}", {"parameters": {"p": 1}}),
    ("DELETE", "/schedules/{running}", None),
    ("POST",   "/pause_deployment",    None),
    ("PATCH",  "",                     {"paused": True}),
    ("PATCH",  "",                     {"tags": ["a"]}),
]
WHILE_PAUSED: list[Asking] = [
    ("POST",  "/schedules",           [NEW]),
    ("PATCH", "/schedules/{resting}", {"active": True}),
    ("PATCH", "",                     {"schedules": [{"slug": "resting", "active": True}]}),
]
# fmt: on


def warnings(
    api: httpx.Client, caplog: pytest.LogCaptureFixture, asking: Asking, **fields: object
) -> list[str]:
    deployment = deployed(api, new_flow(api), schedules=[RESTING, RUNNING], **fields)
    caplog.clear()
    method, path, body = asking
    ids: Json = {one["slug"]: one["id"] for one in deployment["schedules"]}
    path = f"/deployments/{deployment['id']}{path.format_map(ids)}"
    api.request(method, path, json=body).raise_for_status()
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("asking", STARTING)
def test_what_may_make_schedules_active_is_logged(
    api_on_dynoxide: httpx.Client, caplog: pytest.LogCaptureFixture, asking: Asking
) -> None:
    assert warnings(api_on_dynoxide, caplog, asking) == [WARNING]


@pytest.mark.parametrize("asking", STOPPING)
def test_what_makes_no_schedule_active_is_not_logged(
    api_on_dynoxide: httpx.Client, caplog: pytest.LogCaptureFixture, asking: Asking
) -> None:
    assert warnings(api_on_dynoxide, caplog, asking) == []


@pytest.mark.parametrize("asking", WHILE_PAUSED)
def test_schedules_of_a_paused_deployment_are_not_logged(
    api_on_dynoxide: httpx.Client, caplog: pytest.LogCaptureFixture, asking: Asking
) -> None:
    assert warnings(api_on_dynoxide, caplog, asking, paused=True) == []
