"""Removals that the table's stream makes of what belonged to deleted items: on dynoxide."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import NamedTuple

import httpx
import pytest

from runledger import wiring
from runledger.service.stream import cascade_deletes
from runledger.store.dynamodb import stream_records
from runledger.store.dynamodb.calls import Deadline
from runledger.store.schema import keys
from runledger.store.schema.keys import REMAINDER, TOMBSTONE, Key
from tests.store.logs.test_logs import noise
from tests.store.support.asking import (
    Asked,
    Site,
    ask,
    flow_run_id,
    made,
    new_flow,
    new_flow_run,
    new_task_run,
    removal,
)
from tests.store.support.calls import FAULTS, broken, heard, preceded
from tests.store.support.contents import left, scan
from tests.store.support.lines import line, logged, messages
from tests.support.databases import DynamoDB
from tests.support.removals import Removals, follow

pytestmark = pytest.mark.usefixtures("_no_pauses")

START = datetime(2026, 1, 1, tzinfo=UTC)
# Counters stay for good, remainders and tombstones until DynamoDB removes them.
STAYING = {REMAINDER, TOMBSTONE}
OF_FLOW = {keys.FLOW, keys.FLOW_NAME}


@pytest.fixture
def site(site_on_dynoxide: Site) -> Site:
    return site_on_dynoxide


@pytest.fixture
def removals(site: Site) -> Removals:
    return Removals(site.database)


def remaining(database: DynamoDB) -> set[Key]:
    return {key for key in left(database) if key.sk not in STAYING}


class Tree(NamedTuple):
    """A flow run with task runs, all of which have logged: each line is an item, by its time."""

    flow: str
    flow_run: str
    task_runs: list[str]


def tree(api: httpx.Client, *, task_runs: int = 3, lines: int = 2) -> Tree:
    flow = made(api, new_flow())["id"]
    run = made(api, new_flow_run(flow))["id"]
    asked = (new_task_run(flow_run_id=run, dynamic_key=str(key)) for key in range(task_runs))
    ids = [made(api, one)["id"] for one in asked]
    runs = ({"flow_run_id": run, "task_run_id": task_run} for task_run in (None, *ids))
    times = [(START + number * timedelta(minutes=1)).isoformat() for number in range(lines)]
    logged(api, *(line(timestamp=time, **of) for of in runs for time in times))
    return Tree(flow, run, ids)


def delete(api: httpx.Client, kind: str, item_id: str) -> None:
    assert ask(api, removal(kind, {"id": item_id})).status_code == httpx.codes.NO_CONTENT


def delete_flow_run(api: httpx.Client, of: Tree) -> None:
    delete(api, "flow_runs", of.flow_run)


def delete_flow(api: httpx.Client, of: Tree) -> None:
    delete(api, "flows", of.flow)


Deletion = Callable[[httpx.Client, Tree], None]
DELETIONS = [delete_flow_run, delete_flow]


def test_what_a_deleted_task_run_logged_goes(site: Site, removals: Removals) -> None:
    run, other = (made(site.api, new_task_run(dynamic_key=key))["id"] for key in "ab")
    in_flow_run = {"flow_run_id": flow_run_id(site.api)}
    for fields in ({}, in_flow_run):
        logged(site.api, line("gone", task_run_id=run, **fields))
        logged(site.api, line(noise(1_000_000), task_run_id=run, **fields))
        logged(site.api, line("kept", task_run_id=other, **fields))
    logged(site.api, line("kept", **in_flow_run), line("kept"))
    delete(site.api, "task_runs", run)
    removals.follow()
    assert messages(site.api) == ["kept"] * 4


def test_a_deleted_flow_run_takes_all_with_it(site: Site, removals: Removals) -> None:
    own = tree(site.api)
    logged(site.api, line(noise(1_000_000), flow_run_id=own.flow_run))
    delete_flow_run(site.api, own)
    removals.follow()
    assert {key.sk for key in remaining(site.database)} == OF_FLOW


def test_a_deleted_flow_takes_all_with_it(site: Site, removals: Removals) -> None:
    delete_flow(site.api, tree(site.api))
    removals.follow()
    assert remaining(site.database) == set()


def test_what_others_logged_stays(site: Site, removals: Removals) -> None:
    tree(site.api)
    before = remaining(site.database)
    flow_run = made(site.api, new_flow_run(made(site.api, new_flow())["id"]))["id"]
    delete(site.api, "flow_runs", flow_run)
    removals.follow()
    assert remaining(site.database) == before


def created_meanwhile(site: Site, asked: Asked, deletion: Callable[[], None]) -> None:
    """Create something whose parent is deleted after it was read."""
    with heard(site.client) as calls:
        ask(site.api, asked)
    assert [name for name, _ in calls][-1] == "TransactWriteItems"
    other = {"dynamic_key": "late"} if "task_key" in (asked.body or {}) else {"name": "late"}
    twin = asked._replace(body={**(asked.body or {}), **other})
    with preceded(site.client, len(calls) - 1, deletion):
        assert ask(site.api, twin).is_success


def test_a_task_run_that_is_created_while_its_flow_run_is_deleted_goes(
    site: Site, removals: Removals
) -> None:
    own = tree(site.api)
    asked = new_task_run(flow_run_id=own.flow_run, dynamic_key="early")
    created_meanwhile(site, asked, lambda: delete_flow_run(site.api, own))
    assert keys.TASK_RUN in {key.sk for key in remaining(site.database)}
    removals.follow()
    assert {key.sk for key in remaining(site.database)} == OF_FLOW


def test_a_flow_run_that_is_created_while_its_flow_is_deleted_goes(
    site: Site, removals: Removals
) -> None:
    own = tree(site.api)
    created_meanwhile(site, new_flow_run(own.flow), lambda: delete_flow(site.api, own))
    assert keys.FLOW_RUN in {key.sk for key in remaining(site.database)}
    removals.follow()
    assert remaining(site.database) == set()


def test_what_is_created_later_still_goes_when_it_is_looked_for_again(
    site: Site, removals: Removals
) -> None:
    """After a minute: DynamoDB removes the remainder then, which the stream tells."""
    own = tree(site.api)

    def delete_and_follow() -> None:
        delete_flow_run(site.api, own)
        removals.follow()

    asked = new_task_run(flow_run_id=own.flow_run, dynamic_key="early")
    created_meanwhile(site, asked, delete_and_follow)
    (remainder,) = (key for key in scan(site.database) if key.sk == REMAINDER)
    spelled = {name: {"S": part} for name, part in remainder._asdict().items()}
    site.client.delete_item(TableName=site.database.table, Key=spelled)
    removals.follow()
    assert {key.sk for key in remaining(site.database)} == OF_FLOW


@pytest.mark.parametrize("deletion", DELETIONS)
def test_what_a_request_has_no_time_for_goes_later(
    site: Site, removals: Removals, deletion: Deletion, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tree(site.api, task_runs=10)
    with monkeypatch.context() as patch:
        patch.setenv("REMOVAL_SECONDS", "0")
        wiring.reset()
        deletion(site.api, own)
    wiring.reset()
    assert len([key for key in remaining(site.database) if key.sk == keys.TASK_RUN]) == 10
    removals.follow()
    assert {key.sk for key in remaining(site.database)} <= OF_FLOW


class Ticks:
    """A clock that goes on by a second whenever it is looked at."""

    def __init__(self) -> None:
        self._ticks = count()

    def __call__(self) -> datetime:
        return START + timedelta(seconds=next(self._ticks))


@pytest.mark.parametrize("deletion", DELETIONS)
def test_what_takes_longer_than_a_function_may_is_done_bit_by_bit(
    site: Site, removals: Removals, deletion: Deletion
) -> None:
    own = tree(site.api, task_runs=3, lines=50)
    deletion(site.api, own)
    for rounds in count():  # noqa: B007
        records = removals.records()
        if not records:
            break
        with heard(site.client) as calls:
            deadline = Deadline(START + timedelta(seconds=8), Ticks())
            changes = list(map(stream_records.read, records))
            failures = cascade_deletes.follow(wiring.store(), changes, deadline, now=START)
            assert list(failures) == []
        assert len(calls) <= 8 + 3 * len(records)
    assert rounds > 2
    assert {key.sk for key in remaining(site.database)} <= OF_FLOW


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", range(12))
def test_what_was_cut_off_is_told_again_and_goes(
    site: Site, removals: Removals, call: int, fault: str
) -> None:
    own = tree(site.api, task_runs=2)
    asked = new_task_run(flow_run_id=own.flow_run, dynamic_key="early")
    created_meanwhile(site, asked, lambda: delete_flow_run(site.api, own))
    records = removals.records()
    with broken(site.client, FAULTS[fault], first=call):
        failed = follow(records)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    again = numbers.index(failed[0]) if failed else len(records)
    assert follow(records[again:]) == []
    removals.follow()
    assert {key.sk for key in remaining(site.database)} == OF_FLOW


@pytest.mark.parametrize("deletion", DELETIONS)
def test_what_is_told_twice_and_in_any_order_changes_nothing(
    site: Site, removals: Removals, deletion: Deletion
) -> None:
    deletion(site.api, tree(site.api))
    records = removals.records()
    assert follow([*reversed(records), *records]) == []
    removals.follow()
    assert {key.sk for key in remaining(site.database)} <= OF_FLOW
