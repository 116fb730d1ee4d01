"""Plans of searches, for those who ask how a search was answered."""

import httpx
import pytest

from runledger.api.queries import MAX_OFFSET
from tests.store.support.asking import flow_run_id, made, new_task_run
from tests.support.streaming import Streaming

KINDS = ("task_runs", "flow_runs", "flows", "deployments")
LISTS = [f"/{kind}/{verb}" for kind in KINDS for verb in ("filter", "count", "paginate")]
HISTORIES = [f"/{kind}/history" for kind in KINDS[:2]]
INTERVALS = {
    "history_start": "2020-01-01T00:00:00Z",
    "history_end": "2040-01-01T00:00:00Z",
    "history_interval_seconds": 1e8,
}
EXPLAIN = {"runledger-explain": "true"}


def plan(answer: httpx.Response) -> dict[str, str]:
    return dict(part.split("=") for part in answer.headers["runledger-plan"].split("; "))


@pytest.mark.parametrize("path", LISTS + HISTORIES)
def test_a_search_tells_its_path_and_what_it_took(api_on_dynoxide: httpx.Client, path: str) -> None:
    actual = plan(api_on_dynoxide.post(path, json=INTERVALS, headers=EXPLAIN))
    assert list(actual) == ["path", "items_read", "items_kept", "calls", "capacity"]


@pytest.mark.parametrize(("name", "kept"), [("ab", "2"), ("c", "0")])
def test_what_is_read_and_not_wanted_shows(
    api_on_dynoxide: httpx.Client, name: str, kept: str
) -> None:
    run = flow_run_id(api_on_dynoxide)
    for key, named in enumerate(("ab", "ab", "a")):
        made(api_on_dynoxide, new_task_run(flow_run_id=run, dynamic_key=str(key), name=named))
    wanted = {"task_runs": {"flow_run_id": {"any_": [run]}, "name": {"like_": name}}}
    actual = plan(api_on_dynoxide.post("/task_runs/count", json=wanted, headers=EXPLAIN))
    assert (actual["path"], actual["items_read"], actual["items_kept"]) == (
        "by_flow_run",
        "6",  # three entries, and their documents
        kept,
    )


def test_nobody_is_told_who_does_not_ask(api_on_dynoxide: httpx.Client) -> None:
    assert "runledger-plan" not in api_on_dynoxide.post("/task_runs/filter", json={}).headers


@pytest.mark.parametrize("asked", [{}, {"task_runs": {"name": {"like_": "a"}}}])
def test_the_last_page_of_all_is_empty(
    api_on_dynoxide: httpx.Client, stream_on_dynoxide: Streaming, asked: dict[str, object]
) -> None:
    made(api_on_dynoxide, new_task_run(name="a"))
    stream_on_dynoxide.pump()
    found = api_on_dynoxide.post("/task_runs/paginate", json=asked | {"page": MAX_OFFSET}).json()
    assert (found["results"], found["count"]) == ([], 1)
