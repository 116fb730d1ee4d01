"""Chunks of lines: how few there are, and what pages and ranges of time read of them."""

import hashlib
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import pytest

from runledger import wiring
from runledger.api.logs import CreateLogs
from runledger.domain import logs as domain_logs
from runledger.domain.filters.logs import LogFilter, LogQuery
from runledger.metering import measured
from runledger.service import logs
from runledger.store.dynamodb.table import Table
from runledger.store.store import Store
from tests.store.logs.test_logs import NOW, SECOND, at
from tests.store.support.calls import heard
from tests.store.support.contents import scan
from tests.store.support.lines import FLOW_RUN, TASK_RUN, line, logged, messages, of
from tests.support.databases import DynamoDB


@pytest.mark.parametrize(("sort", "most"), [("TIMESTAMP_ASC", 1), ("TIMESTAMP_DESC", 2)])
def test_lines_of_a_flow_run_are_asked_for_consistently_and_no_more_than_needed(
    api_on_dynoxide: httpx.Client, sort: str, most: int
) -> None:
    """Of 8,000 lines; backwards, so much is read as may have later lines than a page's last."""
    logged(api_on_dynoxide, *many_lines(8_000))
    with heard(wiring.store().table.client) as calls:
        assert len(messages(api_on_dynoxide, {"sort": sort}, flow_run_id=of(FLOW_RUN))) == 200
    assert {name for name, _ in calls} == {"Query"}
    assert len(calls) <= most
    assert calls[0][1]["Count"] == 16


@pytest.mark.parametrize("sort", ["TIMESTAMP_ASC", "TIMESTAMP_DESC"])
@pytest.mark.parametrize("of_task_run", [True, False])
def test_a_page_reads_the_chunks_that_it_shows(
    api_on_dynoxide: httpx.Client, sort: str, *, of_task_run: bool
) -> None:
    logged(api_on_dynoxide, *many_lines(3_000, task_run_id=TASK_RUN))
    wanted = {"task_run_id": of(TASK_RUN)} if of_task_run else {}
    with heard(wiring.store().table.client) as calls:
        assert len(messages(api_on_dynoxide, {"sort": sort}, **wanted)) == 200
    reads = [answer for name, answer in calls if name in {"GetItem", "BatchGetItem"}]
    (read,) = reads
    assert len(next(iter(read.get("Responses", {"": [read.get("Item")]}).values()))) <= 2


@pytest.mark.parametrize("sort", ["TIMESTAMP_ASC", "TIMESTAMP_DESC"])
def test_pages_of_chunks_that_overlap_are_read_in_few_calls(
    api_on_dynoxide: httpx.Client, sort: str
) -> None:
    """A hundred task runs log at once, two lines each."""
    runs = [str(UUID(int=number)) for number in range(100, 200)]
    sent = [at(0, flow_run_id=FLOW_RUN, task_run_id=run) for run in runs]
    then = [at(2, flow_run_id=FLOW_RUN, task_run_id=run) for run in runs]
    logged(api_on_dynoxide, *sent, *then)
    with heard(wiring.store().table.client) as calls:
        shown = messages(api_on_dynoxide, {"sort": sort, "limit": 150}, flow_run_id=of(FLOW_RUN))
    assert shown == sorted(["0"] * 100 + ["2"] * 100, reverse="DESC" in sort)[:150]
    assert len(calls) <= 4


# Instants of lines beside each other, in one chunk and at its ends.
FIRST_INSTANTS = ("0001-01-01T00:00:00Z", "1969-12-31T23:59:59.9999Z")
SECONDS = ("0", "2.999999", "3", "3.000001")
LAST_INSTANT = "9999-12-31T23:59:59.999999Z"


@pytest.mark.parametrize("sort", ["TIMESTAMP_ASC", "TIMESTAMP_DESC"])
@pytest.mark.parametrize("run", [{"flow_run_id": FLOW_RUN}, {"task_run_id": TASK_RUN}, {}])
def test_any_range_of_time_finds_what_was_logged_in_it(
    api_on_dynoxide: httpx.Client, run: dict[str, object], sort: str
) -> None:
    recent = (f"2026-01-01T00:00:0{second}Z" for second in SECONDS)
    times = [*FIRST_INSTANTS, *recent, LAST_INSTANT]
    logged(api_on_dynoxide, *(line(time, timestamp=time, **run) for time in times))
    asked = {name: of(str(one)) for name, one in run.items()}
    for number, first in enumerate(times):
        for last in times[number:]:
            wanted = times[number : times.index(last) + 1]
            expected = wanted if "ASC" in sort else wanted[::-1]
            between = {"after_": first, "before_": last}
            assert messages(api_on_dynoxide, {"sort": sort}, timestamp=between, **asked) == expected


def test_a_batch_that_is_sent_again_after_the_shards_changed_is_shown_once(
    dynamodb: DynamoDB,
) -> None:
    """Its lines of no run may lie elsewhere then."""
    table = Table(dynamodb.client, dynamodb.table)
    batch = CreateLogs.model_validate([at(20 * second) for second in range(3)]).to_logs(NOW)
    for shards in (1, 5):
        store = Store(table, shards=shards, shards_read=5)
        logs.create(store, batch)
    for reverse in (False, True):
        asked = LogQuery(LogFilter(), reverse=reverse, offset=0, limit=9)
        found = [found.message for found in logs.search(store, asked, now=NOW).answer]
        assert found == sorted(["0", "20", "40"], reverse=reverse)


def many_lines(number: int, **runs: object) -> list[dict[str, object]]:
    """Lines of the flow run as stock clients send them, a thousand a second."""
    return [
        line(
            f"row {n} of customers.csv took {n % 97 / 97:.6f} s",
            timestamp=(NOW + n * SECOND / 1_000).isoformat(),
            flow_run_id=FLOW_RUN,
            **runs,
        )
        for n in range(number)
    ]


def units(database: DynamoDB, lines: list[dict[str, object]]) -> float:
    """Return the write units of lines that are sent together."""
    store = Store(Table(database.client, database.table), shards=2)
    with measured() as meter:
        logs.create(store, CreateLogs.model_validate(lines).to_logs(NOW))
    who_listens = 1
    return meter.capacity - who_listens


@pytest.mark.parametrize("number", [200, 1_100])
@pytest.mark.parametrize("runs", [{}, {"task_run_id": TASK_RUN}], ids=["flow run", "task run"])
def test_a_line_of_a_batch_takes_a_tenth_of_what_it_takes_by_itself(
    on_dynoxide: DynamoDB, runs: dict[str, object], number: int
) -> None:
    lines = many_lines(number, **runs)
    alone = sum(units(on_dynoxide, [one]) for one in lines[:10]) / 10
    assert alone == 2 + len(runs)
    assert units(on_dynoxide, lines) / number <= alone / 10


def test_what_a_batch_takes_grows_as_its_lines_do(
    on_dynoxide: DynamoDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its items and its units do; what is hashed is the batch, once."""
    hashed: list[int] = []
    sha256 = hashlib.sha256

    def counted(content: bytes) -> Any:  # noqa: ANN401 a hash of hashlib's
        hashed.append(len(content))
        return sha256(content)

    # Not hashlib's own: requests are hashed, too, for their signatures.
    monkeypatch.setattr(domain_logs, "hashlib", SimpleNamespace(sha256=counted))
    taken = {}
    for number in (500, 1_000, 2_000, 4_000):
        lines = many_lines(number, task_run_id=str(UUID(int=number)))
        before = len(scan(on_dynoxide))
        hashed.clear()
        used = units(on_dynoxide, lines)
        taken[number] = len(scan(on_dynoxide)) - before, used
        batch = CreateLogs.model_validate(lines).model_dump_json()
        assert hashed.count(len(batch)) == 1
        assert [size for size in hashed if size > len(batch) / number] == [len(batch)]
    for number in (500, 1_000, 2_000):
        for less, more in zip(taken[number], taken[2 * number], strict=True):
            assert more <= 2.1 * less
