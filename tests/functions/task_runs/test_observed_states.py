"""GET /observed-states: the types and names of the states that runs have been in."""

import httpx
import pytest

from tests.store.support.asking import ask, made, new_flow, new_flow_run, new_task_run, removal
from tests.store.support.proposing import JSON, proposal
from tests.support.streaming import Streaming


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


@pytest.fixture
def stream(stream_on_dynoxide: Streaming) -> Streaming:
    return stream_on_dynoxide


def observed(api: httpx.Client, stream: Streaming, **query: str) -> list[JSON]:
    stream.pump()
    found: list[JSON] = api.get("/observed-states", params=query).raise_for_status().json()
    return found


def pairs(api: httpx.Client, stream: Streaming, **query: str) -> list[tuple[str, str]]:
    return [(one["state_type"], one["state_name"]) for one in observed(api, stream, **query)]


def test_states_of_task_runs_and_flow_runs_count_together(
    api: httpx.Client, stream: Streaming
) -> None:
    task_run = made(api, new_task_run(state={"type": "RUNNING"}))
    flow_run = made(api, new_flow_run(made(api, new_flow())["id"], state={"type": "RUNNING"}))
    assert observed(api, stream) == [
        {
            "state_type": "RUNNING",
            "state_name": "Running",
            "first_seen": task_run["state"]["timestamp"],
            "last_seen": flow_run["state"]["timestamp"],
        }
    ]


def test_the_last_seen_come_first_unless_names_are_asked_for(
    api: httpx.Client, stream: Streaming
) -> None:
    run = made(api, new_task_run(state={"type": "SCHEDULED"}))
    for kind in ("RUNNING", "COMPLETED"):
        ask(api, proposal("task_runs", run, kind))
    last_first = [("COMPLETED", "Completed"), ("RUNNING", "Running"), ("SCHEDULED", "Scheduled")]
    assert pairs(api, stream) == last_first
    ask(api, proposal("task_runs", run, "RUNNING", force=True, name="Again"))
    assert pairs(api, stream, limit="2") == [("RUNNING", "Again"), ("COMPLETED", "Completed")]
    assert pairs(api, stream, order_by="NAME_ASC") == sorted([*last_first, ("RUNNING", "Again")])
    assert pairs(api, stream, query=" RUN ") == [("RUNNING", "Again"), ("RUNNING", "Running")]
    assert pairs(api, stream, query="again") == [("RUNNING", "Again")]


def test_deleting_runs_takes_what_only_they_had(api: httpx.Client, stream: Streaming) -> None:
    flow_run = made(api, new_flow_run(made(api, new_flow())["id"], state={"type": "RUNNING"}))
    task_run = made(api, new_task_run(flow_run_id=flow_run["id"], state={"type": "PENDING"}))
    ask(api, proposal("task_runs", task_run, "RUNNING"))
    ask(api, removal("task_runs", task_run))
    assert observed(api, stream) == [
        {
            "state_type": "RUNNING",
            "state_name": "Running",
            "first_seen": flow_run["state"]["timestamp"],
            "last_seen": flow_run["state"]["timestamp"],
        }
    ]
    ask(api, removal("flow_runs", flow_run))
    assert observed(api, stream) == []


@pytest.mark.parametrize("name", ["", "n" * 5_000, "\x00#\x01%", "é\U0001f600"])
def test_a_name_is_told_exactly(api: httpx.Client, stream: Streaming, name: str) -> None:
    made(api, new_task_run(state={"type": "FAILED", "name": name}))
    assert [shown for _, shown in pairs(api, stream)] == [name]


@pytest.mark.parametrize(
    ("query", "problems"),
    [
        ({"limit": "0"}, [("limit", "greater_than_equal")]),
        ({"limit": "201"}, [("limit", "less_than_equal")]),
        ({"limit": ""}, [("limit", "int_parsing")]),
        ({"order_by": "name_asc"}, [("order_by", "enum")]),
        (
            {"limit": "x", "order_by": "", "query": "q" * 101},
            [("query", "string_too_long"), ("order_by", "enum"), ("limit", "int_parsing")],
        ),
    ],
)
def test_a_query_that_means_nothing_is_refused(
    api: httpx.Client, query: dict[str, str], problems: list[tuple[str, str]]
) -> None:
    answer = api.get("/observed-states", params=query)
    actual = answer.json()["exception_detail"]
    assert answer.status_code == 422
    assert [(*problem["loc"], problem["type"]) for problem in actual] == [
        ("query", *problem) for problem in problems
    ]


def test_what_the_query_does_not_name_is_overlooked(api: httpx.Client, stream: Streaming) -> None:
    made(api, new_task_run())
    assert pairs(api, stream, LIMIT="0", other="x") == pairs(api, stream)
