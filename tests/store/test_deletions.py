"""A flow run that is deleted while others work in it: it is gone at once, and soon all of it."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count, cycle, permutations
from typing import NamedTuple
from uuid import UUID, uuid4

import httpx
import pytest

from runledger import wiring
from runledger.domain.events import Event
from runledger.service import deletions, events, removals
from runledger.store import event_keys, keys
from runledger.store.removal_keys import REMAINDER, TOMBSTONE
from runledger.store.removals import BELIEF, KnownTombstones
from runledger.store.store import Store
from runledger.store.table import Table
from tests.databases import DynamoDB
from tests.reporting.building import JSON, at, body
from tests.store.asking import (
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
from tests.store.calls import heard, hooked, preceded
from tests.store.contents import assert_counted, scan
from tests.streaming import Streaming

NOW = at(3600)
CREATORS, MOST_EACH = 64, 10
OF_FLOW = {keys.FLOW, keys.FLOW_NAME}
STATES = ("PENDING", "RUNNING", "COMPLETED")
STAYING = {TOMBSTONE, REMAINDER, keys.COUNT}


def event(number: int, flow_run: str, run_id: UUID, key: str = "d") -> JSON:
    """Report of a run its first state, the second or the last."""
    named = {"dynamic_key": key}
    return body(number, STATES[number], run_id=run_id, flow_run_id=UUID(flow_run), run=named)


def receive(store: Store, sent: JSON, *, now: timedelta = timedelta(0)) -> None:
    events.receive(store, Event.model_validate(sent), now=NOW + now)


def elsewhere(database: DynamoDB) -> Store:
    """A function that remembers nothing."""
    return Store(Table(database.client, database.table), shards=2)


def kinds(database: DynamoDB) -> set[str]:
    """What there is beside events and what stays for a while."""
    table = scan(database)
    assert_counted(table)
    return {key.sk for key in table if key.sk not in STAYING and not is_event(key)}


def is_event(key: keys.Key) -> bool:
    return keys.is_of(key, event_keys.EVENTS)


def settle(database: DynamoDB, stream: Streaming) -> None:
    """Work off the stream, also after a minute, when DynamoDB removes remainders."""
    stream.pump()
    for remainder in [key for key in scan(database) if key.sk == REMAINDER]:
        spelled = {name: {"S": part} for name, part in remainder._asdict().items()}
        database.client.delete_item(TableName=database.table, Key=spelled)
    stream.pump()


def delete_flow_run(flow_run: str) -> Asked:
    return removal("flow_runs", {"id": flow_run})


def create(api: httpx.Client, flow_run: str, key: str) -> int:
    return persist(api, new_task_run(flow_run_id=flow_run, dynamic_key=key)).status_code


def report(api: httpx.Client, flow_run: str, key: str) -> int:
    sent = event(0, flow_run, uuid4(), key)
    return persist(api, Asked("POST", "/events", [sent])).status_code


class Race(NamedTuple):
    """How task runs are made, and what is answered where their flow run is gone."""

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
        for key in range(MOST_EACH):
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


@pytest.mark.parametrize("before", range(3))
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_events_that_come_after_the_deletion_make_no_task_run(
    site_on_dynoxide: Site, stream_on_dynoxide: Streaming, order: Sequence[int], before: int
) -> None:
    api, database, _ = site_on_dynoxide
    flow_run, run_id = flow_run_id(api), UUID(int=1)
    sent = [event(number, flow_run, run_id) for number in order]
    for one in sent[:before]:
        receive(wiring.store(), one)
    assert ask(api, delete_flow_run(flow_run)).status_code == httpx.codes.NO_CONTENT
    takers = cycle([wiring.store(), elsewhere(database)])
    for one, store in zip(sent[before:], takers, strict=False):
        receive(store, one)
    stream_on_dynoxide.pump()
    assert kinds(database) == OF_FLOW
    ids = {str(one["id"]) for one in sent}
    assert {key.sk[-36:] for key in scan(database) if is_event(key)} >= ids


def test_a_task_run_does_not_move_into_a_deleted_flow_run(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB
) -> None:
    flow_run, run_id = flow_run_id(api_on_dynoxide), UUID(int=1)
    receive(wiring.store(), body(0, "PENDING", run_id=run_id))
    ask(api_on_dynoxide, delete_flow_run(flow_run))
    receive(wiring.store(), event(1, flow_run, run_id))
    stored = elsewhere(on_dynoxide).task_runs.read(run_id)
    assert stored
    assert (stored.run.flow_run_id, stored.run.state_type) == (None, "PENDING")


def test_events_of_a_flow_run_that_is_not_there_yet_make_task_runs(
    api_on_dynoxide: httpx.Client,
) -> None:
    unknown = str(uuid4())
    receive(wiring.store(), event(0, unknown, UUID(int=1), "first"))
    assert ask(api_on_dynoxide, delete_flow_run(unknown)).status_code == httpx.codes.NOT_FOUND
    receive(wiring.store(), event(0, unknown, UUID(int=2), "second"))
    asked = {"task_runs": {"flow_run_id": {"any_": [unknown]}}}
    assert api_on_dynoxide.post("/task_runs/count", json=asked).json() == 2


def test_a_tombstone_is_kept_as_long_as_events_are(on_dynoxide: DynamoDB) -> None:
    store = Store(
        Table(on_dynoxide.client, on_dynoxide.table), shards=2, event_retention=timedelta(days=3)
    )
    tombstone = store.removals.tombstone(UUID(int=1), NOW)
    assert tombstone.item["expires_at"] == int((NOW + timedelta(days=3)).timestamp())


def test_who_believes_for_a_while_that_there_is_no_tombstone_leaves_nothing(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB, stream_on_dynoxide: Streaming
) -> None:
    flow_run, believing = flow_run_id(api_on_dynoxide), elsewhere(on_dynoxide)
    receive(believing, event(0, flow_run, UUID(int=1), "first"))
    ask(api_on_dynoxide, delete_flow_run(flow_run))
    stream_on_dynoxide.pump()
    receive(believing, event(0, flow_run, UUID(int=2), "second"), now=BELIEF / 2)
    receive(believing, event(0, flow_run, UUID(int=3), "third"), now=BELIEF)
    assert believing.task_runs.read(UUID(int=2))
    assert believing.task_runs.read(UUID(int=3)) is None
    settle(on_dynoxide, stream_on_dynoxide)
    assert kinds(on_dynoxide) == OF_FLOW


def test_the_stream_looks_again_when_nobody_can_act_on_an_old_belief_any_more() -> None:
    longest_request = timedelta(seconds=29)
    assert longest_request + BELIEF < removals.SETTLING


def test_that_there_is_a_tombstone_is_not_forgotten_for_one_who_missed_it_before() -> None:
    known = KnownTombstones()
    known.keep(UUID(int=1), NOW, found=True)
    known.keep(UUID(int=1), NOW, found=False)
    assert known.tell(UUID(int=1), NOW) is True


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
    # A Query and a TransactWriteItems for each, and seven for the flow run.
    assert len(calls) <= 2 * task_runs + 7


def test_task_runs_are_removed_side_by_side(site_on_dynoxide: Site) -> None:
    api, _, client = site_on_dynoxide
    asked = delete_flow_run(a_flow_run(api, deletions.AT_ONCE))
    meeting = threading.Barrier(deletions.AT_ONCE)
    number = count(-1)  # the flow run's own is not waited with

    def wait(**_: object) -> None:
        if next(number) >= 0:
            meeting.wait(timeout=60)

    with hooked(client, "before-call.dynamodb.TransactWriteItems", wait):
        assert ask(api, asked).status_code == httpx.codes.NO_CONTENT
    assert next(number) == deletions.AT_ONCE
