"""Whatever call of a proposal fails, and however: its run is as before it, or as after it."""

from collections.abc import Iterator

import httpx
import pytest

from runledger.domain.orchestration.cached_results import CachedResults
from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import TaskRun
from runledger.store import items
from runledger.store.runs.past_states import past_lines
from runledger.store.schema import keys
from tests.store.support.asking import Asked, Site, ask, made, persist
from tests.store.support.calls import FAULTS, broken, heard, preceded, sent_twice
from tests.store.support.contents import scan
from tests.store.support.proposing import flow_run_states, proposal, read, task_run_states
from tests.store.support.transition_scenes import (
    CALLS,
    PUT,
    STEPS,
    STORIES,
    TRANSACT,
    Proposed,
    Scene,
    complete_under_a_cache_key,
)
from tests.support.databases import DynamoDB

pytestmark = pytest.mark.usefixtures("_no_pauses")

UNAVAILABLE = (503, {"exception_message": "Service Unavailable"})
NOT_TOLD = "not told"


def named(value: object) -> str | None:
    return getattr(value, "__name__", None)


each_scene = pytest.mark.parametrize("scene", CALLS, ids=named)
each_step = pytest.mark.parametrize(("scene", "call"), STEPS, ids=named)


def story(site: Site, proposed: Proposed) -> list[str]:
    """The names of the states that a run has been in; the last is its own, its starts count."""
    of, run, _ = proposed
    states = (
        task_run_states(site.api, run) if of == "task_runs" else flow_run_states(site.database, run)
    )
    found = read(site.api, of, run)
    assert found["state"] == states[-1]
    assert found["run_count"] == [state["type"] for state in states].count("RUNNING")
    return [state["name"] for state in states]


def expected_log(scene: Scene, *, times: int) -> list[str]:
    """The names of its run's states, when a proposal is made so often."""
    return " ".join(STORIES[scene][: 1 + times]).split()


def remembered(database: DynamoDB) -> set[str]:
    """The states that serve cache keys, each of them there and completed."""
    table = scan(database)
    found = [
        items.read_document(CachedResults, item) for key, item in table.items() if _is_cache(key)
    ]
    entries = [entry for results in found for entry in results.entries]
    states = {str(state.id): state for state in _states(table)}
    assert all(states[str(entry.state_id)].type == "COMPLETED" for entry in entries)
    return {str(entry.state_id) for entry in entries}


def _is_cache(key: keys.Key) -> bool:
    return key.sk == keys.CACHE


def _states(table: dict[keys.Key, dict[str, object]]) -> Iterator[State]:
    for key, item in table.items():
        if key.sk == keys.TASK_RUN:
            yield from map(State.model_validate_json, past_lines(item))
            state = items.read_document(TaskRun, item).state
            assert state
            yield state


def to_be_remembered(database: DynamoDB) -> set[str]:
    """Of the states that completed under a cache key, the last: there is one key."""
    own = [
        state
        for state in _states(scan(database))
        if state.state_details.cache_key and state.name == "Completed"
    ]
    return {str(max(own, key=lambda state: state.timestamp).id)} if own else set()


@each_scene
def test_the_calls_of_a_proposal_are_known(site_on_dynoxide: Site, scene: Scene) -> None:
    proposed = scene(site_on_dynoxide.api)
    with heard(site_on_dynoxide.client) as calls:
        ask(site_on_dynoxide.api, proposed.asked)
    assert [name for name, _ in calls] == CALLS[scene]


@each_step
@pytest.mark.parametrize("fault", FAULTS)
def test_a_proposal_that_is_cut_off_is_whole_or_nothing_and_can_be_repeated(
    site_on_dynoxide: Site, scene: Scene, call: int, fault: str
) -> None:
    api, database, client = site_on_dynoxide
    done = fault == NOT_TOLD and CALLS[scene][call] in {PUT, TRANSACT}
    proposed = scene(api)
    with broken(client, FAULTS[fault], first=call):
        answer = ask(api, proposed.asked)
    assert (answer.status_code, answer.json()) == UNAVAILABLE
    assert story(site_on_dynoxide, proposed) == expected_log(scene, times=done)
    assert remembered(database) == to_be_remembered(database)
    persist(api, proposed.asked)
    assert story(site_on_dynoxide, proposed) == expected_log(scene, times=done + 1)
    assert remembered(database) == to_be_remembered(database)


@each_step
def test_a_call_that_botocore_sends_twice_is_done_once(
    site_on_dynoxide: Site, scene: Scene, call: int
) -> None:
    proposed = scene(site_on_dynoxide.api)
    with sent_twice(site_on_dynoxide.client, call=call):
        ask(site_on_dynoxide.api, proposed.asked)
    assert story(site_on_dynoxide, proposed) == expected_log(scene, times=1)


@each_step
def test_a_proposal_that_another_overtakes_comes_after_it(
    site_on_dynoxide: Site, scene: Scene, call: int
) -> None:
    proposed = scene(site_on_dynoxide.api)
    with preceded(site_on_dynoxide.client, call, lambda: ask(site_on_dynoxide.api, proposed.asked)):
        ask(site_on_dynoxide.api, proposed.asked)
    assert story(site_on_dynoxide, proposed) == expected_log(scene, times=2)
    database = site_on_dynoxide.database
    assert remembered(database) == to_be_remembered(database)


@pytest.mark.parametrize("before", [0, 1], ids=["unused key", "used key"])
def test_what_another_run_remembers_meanwhile_is_not_forgotten(
    site_on_dynoxide: Site, before: int
) -> None:
    api, database, client = site_on_dynoxide
    for _ in range(before):
        made(api, completion(api, expiring="2097"))
    overtaken, overtaking = completion(api, expiring="2098"), completion(api, expiring="2099")
    with preceded(client, 1, lambda: ask(api, overtaking)):
        last = made(api, overtaken)["state"]
    assert len(remembered(database)) == 2
    assert last["id"] in remembered(database)


def completion(api: httpx.Client, *, expiring: str) -> Asked:
    details = {"cache_key": "k", "cache_expiration": f"{expiring}-01-01T00:00:00Z"}
    run = complete_under_a_cache_key(api).run
    return proposal("task_runs", run, "COMPLETED", state_details=details)
