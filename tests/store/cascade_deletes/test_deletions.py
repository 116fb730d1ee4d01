"""A flow run that is deleted while others work in it: it is gone at once, and soon all of it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import NamedTuple
from uuid import UUID, uuid4

import httpx
import pytest

from runledger import parallel
from tests.store.support.asking import (
    Asked,
    Site,
    ask,
    flow_run_id,
    made,
    new_flow,
    new_flow_run,
    new_task_run,
    persist,
    removal,
)
from tests.store.support.calls import heard, hooked, preceded
from tests.store.support.late_events import OF_FLOW, delete_flow_run, event, kinds, settle
from tests.support.streaming import Streaming

CREATORS, MAX_EACH = 64, 10


def create(api: httpx.Client, flow_run: str, key: str) -> int:
    return persist(api, new_task_run(flow_run_id=flow_run, dynamic_key=key)).status_code


def report(api: httpx.Client, flow_run: str, key: str) -> int:
    sent = event(0, flow_run, uuid4(), key)
    return persist(api, Asked("POST", "/events", [sent])).status_code


class Race(NamedTuple):
    """A way to make task runs, and the answer where their flow run is gone."""

    make: Callable[[httpx.Client, str, str], int]
    refused: int


@pytest.mark.parametrize("race", [Race(create, 409), Race(report, 204)] * 2)
def test_those_who_make_task_runs_do_not_keep_a_flow_run_from_being_deleted(
    site_on_dynoxide: Site, stream_on_dynoxide: Streaming, race: Race
) -> None:
    api, database, _ = site_on_dynoxide
    make, refused = race
    flow_run, begun, gone = flow_run_id(api), threading.Barrier(CREATORS + 1), threading.Event()

    def make_many(number: int) -> list[int]:
        statuses = [make(api, flow_run, f"{number}-first")]
        begun.wait()
        for key in range(MAX_EACH):
            statuses.append(make(api, flow_run, f"{number}-{key}"))
            if gone.is_set() or statuses[-1] == httpx.codes.CONFLICT:
                return statuses
        return statuses

    with ThreadPoolExecutor(CREATORS) as pool:
        makers = [pool.submit(make_many, number) for number in range(CREATORS)]
        begun.wait()
        deleted = ask(api, delete_flow_run(flow_run))
        gone.set()
    assert deleted.status_code == httpx.codes.NO_CONTENT
    statuses = {status for maker in makers for status in maker.result()}
    assert statuses <= {201, 204, refused}
    assert {make(api, flow_run, f"late {key}") for key in range(3)} == {refused}
    assert ask(api, delete_flow_run(flow_run)).status_code == httpx.codes.NOT_FOUND
    settle(database, stream_on_dynoxide)
    assert kinds(database) == OF_FLOW


def test_those_who_make_flow_runs_and_deployments_do_not_keep_a_flow_from_being_deleted(
    site_on_dynoxide: Site, stream_on_dynoxide: Streaming
) -> None:
    api, database, _ = site_on_dynoxide
    flow, begun = made(api, new_flow()), threading.Barrier(17)

    def make_many(number: int) -> set[int]:
        asked = [
            new_flow_run(flow["id"]),
            Asked("POST", "/deployments/", {"name": f"d{number}", "flow_id": flow["id"]}),
        ]
        begun.wait()
        statuses: set[int] = set()
        while httpx.codes.CONFLICT not in statuses:
            statuses |= {persist(api, one).status_code for one in asked}
        return statuses

    with ThreadPoolExecutor(16) as pool:
        makers = [pool.submit(make_many, number) for number in range(16)]
        begun.wait()
        deleted = ask(api, removal("flows", flow))
    assert deleted.status_code == httpx.codes.NO_CONTENT
    assert set().union(*(maker.result() for maker in makers)) <= {200, 201, 409}
    settle(database, stream_on_dynoxide)
    assert kinds(database) == set()


def creating(flow_run: str) -> Asked:
    return new_task_run(flow_run_id=flow_run, dynamic_key="late")


def reporting(flow_run: str) -> Asked:
    return Asked("POST", "/events", [event(0, flow_run, UUID(int=9), "late")])


def giving(flow_run: str) -> Asked:
    return Asked("POST", f"/flow_runs/{flow_run}/input", {"key": "k", "value": "1"})


def running(flow_run: str) -> Asked:
    return Asked("POST", f"/flow_runs/{flow_run}/set_state", {"state": {"type": "RUNNING"}})


@pytest.mark.parametrize("call", range(11))
@pytest.mark.parametrize("other", [creating, reporting, giving, running, delete_flow_run])
def test_whoever_acts_right_before_a_call_of_the_deletion_leaves_nothing(
    site_on_dynoxide: Site,
    stream_on_dynoxide: Streaming,
    other: Callable[[str], Asked],
    call: int,
) -> None:
    api, database, client = site_on_dynoxide
    flow_run = flow_run_id(api)
    for key in range(2):
        made(api, new_task_run(flow_run_id=flow_run, dynamic_key=str(key)))
    with preceded(client, call, lambda: ask(api, other(flow_run))):
        assert ask(api, delete_flow_run(flow_run)).status_code in {204, 404}
    settle(database, stream_on_dynoxide)
    assert kinds(database) == OF_FLOW


@pytest.mark.parametrize("call", range(3))
@pytest.mark.parametrize("other", [creating, reporting, giving])
def test_whoever_is_overtaken_by_the_deletion_leaves_nothing(
    site_on_dynoxide: Site,
    stream_on_dynoxide: Streaming,
    other: Callable[[str], Asked],
    call: int,
) -> None:
    api, database, client = site_on_dynoxide
    flow_run = flow_run_id(api)

    def delete() -> None:
        ask(api, delete_flow_run(flow_run))
        stream_on_dynoxide.pump()

    with preceded(client, call, delete):
        assert ask(api, other(flow_run)).status_code in {201, 204, 404, 409}
    ask(api, delete_flow_run(flow_run))  # where there were fewer calls
    settle(database, stream_on_dynoxide)
    assert kinds(database) == OF_FLOW


def a_flow_run(api: httpx.Client, task_runs: int) -> str:
    flow_run = flow_run_id(api)
    for key in range(task_runs):
        made(api, new_task_run(flow_run_id=flow_run, dynamic_key=str(key)))
    return flow_run


@pytest.mark.parametrize("task_runs", [4, 32])
def test_a_deletion_asks_as_much_for_each_task_run_in_any_number(
    site_on_dynoxide: Site, task_runs: int
) -> None:
    api, _, client = site_on_dynoxide
    asked = delete_flow_run(a_flow_run(api, task_runs))
    with heard(client) as calls:
        ask(api, asked)
    # A Query and a TransactWriteItems for each, and eight for the flow run.
    assert len(calls) <= 2 * task_runs + 8


def test_task_runs_are_removed_side_by_side(site_on_dynoxide: Site) -> None:
    api, _, client = site_on_dynoxide
    asked = delete_flow_run(a_flow_run(api, parallel.MAX_PARALLEL))
    meeting = threading.Barrier(parallel.MAX_PARALLEL)
    number = count(-1)  # the flow run's own is not waited with

    def wait(**_: object) -> None:
        if next(number) >= 0:
            meeting.wait(timeout=60)

    with hooked(client, "before-call.dynamodb.TransactWriteItems", wait):
        assert ask(api, asked).status_code == httpx.codes.NO_CONTENT
    assert next(number) == parallel.MAX_PARALLEL
