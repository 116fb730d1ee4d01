"""POST /events/filter, and the pages that it leads to."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from local.functions import Functions
from tests.reporting.building import FLOW_RUN_ID, JSON, RUN_ID, body
from tests.support.databases import TEMPLATE
from tests.support.sample_events import sample_event

NOW = datetime.now(UTC)


def emit(api: httpx.Client, *names: str, **changes: Any) -> None:
    """Let events occur, a second after each other, the last one now."""
    events = []
    for number, name in enumerate(names):
        occurred = NOW - timedelta(seconds=len(names) - number)
        events.append(body(number, occurred=occurred.isoformat(), event=name, **changes))
    api.post("/events", json=events).raise_for_status()


def read(api: httpx.Client, **asked: object) -> Any:  # noqa: ANN401 - JSON
    return api.post("/events/filter", json=asked).raise_for_status().json()


def names(page: JSON) -> list[str]:
    return [event["event"] for event in page["events"]]


def test_events_are_listed_the_newest_first(api: httpx.Client) -> None:
    emit(api, "a", "b", "c")
    page = read(api)
    assert (names(page), page["total"], page["next_page"]) == (["c", "b", "a"], 3, None)


def test_events_are_listed_the_oldest_first_where_that_is_asked_for(api: httpx.Client) -> None:
    emit(api, "a", "b", "c")
    assert names(read(api, filter={"order": "ASC"})) == ["a", "b", "c"]


def test_pages_lead_to_each_other(api: httpx.Client) -> None:
    emit(api, *"abcde")
    page = read(api, limit=2)
    listed = names(page)
    while page["next_page"]:
        address = urlsplit(page["next_page"])
        assert address.path == "/api/events/filter/next"
        page = api.get(f"/events/filter/next?{address.query}").raise_for_status().json()
        assert page["total"] == 5
        listed += names(page)
    assert listed == [*"edcba"]


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({}, "http://runledger"),
        ({"x-forwarded-proto": "https"}, "https://runledger"),
        ({"x-forwarded-proto": "https, http"}, "https://runledger"),
        ({"x-forwarded-proto": "javascript"}, "http://runledger"),
        ({"x-forwarded-proto": "javascript:alert(1)"}, "http://runledger"),
        ({"host": "api.example:8443"}, "http://api.example:8443"),
        ({"host": "[::1]:4200"}, "http://[::1]:4200"),
        ({"host": "evil.example/?"}, "http://localhost"),
        ({"host": "user@evil.example"}, "http://localhost"),
        ({"runledger-host": "d111.cloudfront.net"}, "http://d111.cloudfront.net"),
        ({"runledger-host": "evil.example/#", "host": "a.example"}, "http://a.example"),
    ],
)
def test_a_page_leads_on_where_the_client_asks(
    api_on_dynoxide: httpx.Client, headers: dict[str, str], address: str
) -> None:
    emit(api_on_dynoxide, *"abc")
    page = api_on_dynoxide.post("/events/filter", json={"limit": 1}, headers=headers).json()
    for _ in range(2):
        assert page["next_page"].startswith(f"{address}/api/events/filter/next?page-token=")
        query = urlsplit(page["next_page"]).query
        page = api_on_dynoxide.get(f"/events/filter/next?{query}", headers=headers).json()
    assert page["next_page"] is None


@pytest.mark.parametrize(
    ("path", "below"),
    [
        ("/api/events/filter", "/api"),
        ("/api/events/filter/", "/api"),
        ("/events/filter", ""),
        ("/prefect/events/filter", "/prefect"),
    ],
)
def test_behind_a_custom_domain_a_page_leads_on_below_its_path(
    api_on_dynoxide: httpx.Client, path: str, below: str
) -> None:
    emit(api_on_dynoxide, *"ab")
    event = sample_event("read_events")
    event |= {
        "body": '{"limit": 1}',
        "headers": {"Host": "runs.example"},
        "multiValueHeaders": None,
    }
    event["requestContext"] |= {"path": path, "domainName": "runs.example"}
    page = json.loads(Functions(TEMPLATE).call("read_events", event)["body"])
    assert page["next_page"].startswith(f"http://runs.example{below}/events/filter/next?")


FLOW_RUN = f"prefect.flow-run.{FLOW_RUN_ID}"
TASK_RUN = f"prefect.task-run.{RUN_ID}"
# What is asked of the event `x.y` of a task run in a flow run, and whether that is it.
# fmt: off
CRITERIA: list[tuple[JSON, bool]] = [
    ({},                                                             True),
    ({"event": {"name": ["x.y"]}},                                   True),
    ({"event": {"name": []}},                                        True),
    ({"event": {"name": ["x"]}},                                     False),
    ({"event": {"prefix": ["a", "x."]}},                             True),
    ({"event": {"prefix": ["a"]}},                                   False),
    ({"event": {"exclude_prefix": ["x"]}},                           False),
    ({"event": {"exclude_name": ["x.y"]}},                           False),
    ({"resource": {"id": [TASK_RUN]}},                               True),
    ({"resource": {"id": [FLOW_RUN]}},                               False),
    ({"resource": {"id_prefix": ["prefect.task-run."]}},             True),
    ({"resource": {"labels": {"prefect.orchestration": "cl*"}}},     True),
    ({"resource": {"labels": {"prefect.orchestration": ["!cl*"]}}},  False),
    ({"resource": {"labels": {"other": "*"}}},                       False),
    ({"related": {"id": [FLOW_RUN]}},                                True),
    ({"related": {"id": [TASK_RUN]}},                                False),
    ({"related": {"role": ["flow-run"], "id": [FLOW_RUN]}},          True),
    ({"related": {"role": ["flow"]}},                                False),
    ({"related": {"resources_in_roles": [[FLOW_RUN, "flow-run"]]}},  True),
    ({"related": [{"id": [FLOW_RUN]}, {"role": ["flow"]}]},          False),
    ({"any_resource": {"id": [FLOW_RUN]}},                           True),
    ({"any_resource": {"id": [TASK_RUN]}},                           True),
    ({"any_resource": {"id_prefix": ["prefect.flow."]}},             False),
    ({"any_resource": [{"id": [FLOW_RUN]}, {"id": [TASK_RUN]}]},     True),
    ({"id": {"id": []}},                                             True),
    ({"id": {"id": [str(FLOW_RUN_ID)]}},                             False),
    ({"text": {"query": "FLOW-run -nothing"}},                       True),
    ({"text": {"query": "nothing"}},                                 False),
    ({"occurred": {"until": "2020-01-01T00:00:00Z"}},                False),
    ({"occurred": {"since": "2999-01-01T00:00:00Z"}},                False),
]
# fmt: on


@pytest.mark.parametrize(("asked", "found"), CRITERIA, ids=[str(asked) for asked, _ in CRITERIA])
def test_an_event_is_found_by_what_it_is(
    api_on_dynoxide: httpx.Client, asked: JSON, *, found: bool
) -> None:
    emit(api_on_dynoxide, "x.y", flow_run_id=FLOW_RUN_ID)
    assert names(read(api_on_dynoxide, filter=asked)) == ["x.y"] * found


@pytest.mark.parametrize("token", ["", "zz", "e30="])
def test_a_page_that_nothing_has_led_to_is_refused(
    api_on_dynoxide: httpx.Client, token: str
) -> None:
    answer = api_on_dynoxide.get("/events/filter/next", params={"page-token": token})
    assert (answer.status_code, answer.json()) == (403, {"detail": "Forbidden"})


def test_events_older_than_they_are_kept_are_not_looked_for(api_on_dynoxide: httpx.Client) -> None:
    old = (NOW - timedelta(days=8)).isoformat()
    api_on_dynoxide.post("/events", json=[body(occurred=old)])
    assert read(api_on_dynoxide)["total"] == 0


def test_a_time_that_ends_before_it_begins_has_no_events(api: httpx.Client) -> None:
    noon = NOW.replace(hour=12) - timedelta(days=1)
    times = {"since": noon.isoformat(), "until": (noon - timedelta(hours=1)).isoformat()}
    assert read(api, filter={"occurred": times})["total"] == 0


def count(api: httpx.Client, countable: str, **asked: object) -> Any:  # noqa: ANN401 - JSON
    return api.post(f"/events/count-by/{countable}", json={"filter": {}, **asked}).json()


def test_events_are_counted_by_name_the_most_frequent_first(api_on_dynoxide: httpx.Client) -> None:
    emit(api_on_dynoxide, "a", "b", "c", "b")
    counts = [(one["value"], one["count"]) for one in count(api_on_dynoxide, "event")]
    assert counts == [("b", 2), ("a", 1), ("c", 1)]


def test_spans_of_time_without_events_are_told(api_on_dynoxide: httpx.Client) -> None:
    emit(api_on_dynoxide, "a", "b")
    since = (NOW - timedelta(days=2)).isoformat()
    days = count(api_on_dynoxide, "time", filter={"occurred": {"since": since}})
    assert days[0]["count"] == 0
    assert sum(day["count"] for day in days) == 2


def test_spans_of_time_that_are_too_many_are_refused(api_on_dynoxide: httpx.Client) -> None:
    refused = count(api_on_dynoxide, "time", time_unit="second")
    assert refused["detail"].startswith("The given interval would create 1")
