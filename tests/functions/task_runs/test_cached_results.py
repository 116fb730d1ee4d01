"""Results that other runs left under a cache key (docs/contract/orchestration.md R2 and R10)."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.support.asking import ask, flow_run_id, made, new_task_run, removal
from tests.store.support.proposing import JSON, proposal, read

PAST, FUTURE = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


def new_run(api: httpx.Client, **fields: Any) -> JSON:
    run: JSON = made(api, new_task_run(dynamic_key=str(uuid4()), **fields))
    return run


def complete(api: httpx.Client, data: object, *, force: bool = False, **details: Any) -> JSON:
    """Complete a new run under a cache key; return the run."""
    run, details = new_run(api), {"cache_key": "k"} | details
    asked = proposal(
        "task_runs", run, "COMPLETED", force=force, data=data, state_details=details, message="done"
    )
    assert ask(api, asked).status_code == 201
    return run


def start(api: httpx.Client, **details: Any) -> JSON:
    """Start a new run that names a cache key; return the reply."""
    asked = proposal(
        "task_runs", new_run(api), "RUNNING", state_details={"cache_key": "k"} | details
    )
    reply: JSON = ask(api, asked).json()
    return reply


def served(reply: JSON) -> object:
    """The data that stood for a run, or its type if it was started."""
    cached = reply["state"]["name"] == "Cached"
    assert reply["status"] == ("REJECT" if cached else "ACCEPT")
    return reply["state"]["data"] if cached else reply["state"]["type"]


def test_a_result_stands_for_a_run_that_names_its_key(api: httpx.Client) -> None:
    result = read(api, "task_runs", complete(api, {"answer": 42}))["state"]
    reply = start(api)
    assert reply["details"] == {"type": "reject_details", "reason": "Retrieved state from cache"}
    state = reply["state"]
    assert [state[name] for name in ("type", "name", "message", "data")] == [
        "COMPLETED",
        "Cached",
        "done",
        {"answer": 42},
    ]
    assert state["id"] != result["id"]
    assert state["timestamp"] > result["timestamp"]


def test_a_run_that_reuses_a_result_has_ended_without_an_attempt(api: httpx.Client) -> None:
    complete(api, 1)
    run = read(api, "task_runs", {"id": start(api)["state"]["state_details"]["task_run_id"]})
    assert (run["state_type"], run["run_count"]) == ("COMPLETED", 0)
    assert run["start_time"] == run["end_time"] == run["state"]["timestamp"]


def test_the_newest_result_serves(api: httpx.Client) -> None:
    complete(api, "old")
    complete(api, "new")
    assert served(start(api)) == "new"


def test_a_result_does_not_serve_once_it_has_expired(api: httpx.Client) -> None:
    complete(api, "old")
    complete(api, "expired", cache_expiration=PAST)
    assert served(start(api)) == "old"


def test_a_result_serves_until_it_expires(api: httpx.Client) -> None:
    complete(api, 1, cache_expiration=FUTURE)
    assert served(start(api)) == 1


@pytest.mark.parametrize(
    "details", [{"refresh_cache": True}, {"cache_key": "K"}, {"cache_key": ""}]
)
def test_a_run_that_wants_no_such_result_is_started(api: httpx.Client, details: JSON) -> None:
    complete(api, 1)
    assert served(start(api, **details)) == "RUNNING"


def test_a_result_serves_deferred_runs(api: httpx.Client) -> None:
    complete(api, 1)
    assert served(start(api, deferred=True)) == 1


def test_a_result_serves_a_run_whose_flow_run_does_not_run(api: httpx.Client) -> None:
    complete(api, 1)
    run = new_run(api, flow_run_id=flow_run_id(api))
    asked = proposal("task_runs", run, "RUNNING", state_details={"cache_key": "k"})
    assert served(ask(api, asked).json()) == 1


def test_a_run_that_left_its_result_still_serves_it(api: httpx.Client) -> None:
    run = complete(api, 1)
    ask(api, proposal("task_runs", run, "RUNNING", force=True))
    assert served(start(api)) == 1


def test_a_deleted_run_serves_no_result_nor_do_older_ones(api: httpx.Client) -> None:
    complete(api, "old")
    ask(api, removal("task_runs", complete(api, "new")))
    assert served(start(api)) == "RUNNING"


def test_forced_completions_serve_nobody(api: httpx.Client) -> None:
    complete(api, 1, force=True)
    assert served(start(api)) == "RUNNING"


def created(api: httpx.Client, kind: str, **details: Any) -> JSON:
    """Create a run in a state that names a cache key; return the run."""
    return new_run(api, state={"type": kind, "state_details": {"cache_key": "k"} | details})


def test_a_state_given_at_creation_serves_nobody_unless_deferred(api: httpx.Client) -> None:
    created(api, "COMPLETED")
    assert served(start(api)) == "RUNNING"
    created(api, "COMPLETED", deferred=True)
    assert served(start(api)) is None


@pytest.mark.parametrize(("deferred", "name"), [(False, "Running"), (True, "Cached")])
def test_only_a_deferred_run_is_created_with_a_result(
    api: httpx.Client, *, deferred: bool, name: str
) -> None:
    complete(api, 1)
    assert created(api, "RUNNING", deferred=deferred)["state_name"] == name


def test_a_runs_own_cache_key_plays_no_part(api: httpx.Client) -> None:
    complete(api, 1)
    run = new_run(api, cache_key="k")
    assert served(ask(api, proposal("task_runs", run, "RUNNING")).json()) == "RUNNING"


@pytest.mark.parametrize("key", ["k" * 2001, "k#1 é\n\"'", " "], ids=len)
def test_a_key_may_be_any_text(api: httpx.Client, key: str) -> None:
    complete(api, 1, cache_key=key)
    assert served(start(api, cache_key=key)) == 1
    assert served(start(api, cache_key=key + "k")) == "RUNNING"


class Result(NamedTuple):
    """A run that completes under one of two keys and may be deleted."""

    key: str
    expiration: str | None
    deleted: bool


RESULTS = st.builds(
    Result, st.sampled_from(["a", "b"]), st.sampled_from([None, PAST, FUTURE]), st.booleans()
)


def newest_valid(results: Sequence[Result], key: str) -> int | None:
    """Which result serves where nothing is ever forgotten: the newest, if it is still there."""
    valid = [
        number
        for number, result in enumerate(results)
        if result.key == key and result.expiration != PAST
    ]
    return valid[-1] if valid and not results[valid[-1]].deleted else None


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(results=st.lists(RESULTS, max_size=5))
def test_results_serve_as_if_nothing_were_forgotten(
    api: httpx.Client, results: Sequence[Result]
) -> None:
    own = {key: f"{key} {uuid4()}" for key in "ab"}
    for number, result in enumerate(results):
        key, expiration = own[result.key], result.expiration
        run = complete(api, {"number": number}, cache_key=key, cache_expiration=expiration)
        if result.deleted:
            ask(api, removal("task_runs", run))
    for key in "ab":
        newest = newest_valid(results, key)
        expected = "RUNNING" if newest is None else {"number": newest}
        assert served(start(api, cache_key=own[key])) == expected
