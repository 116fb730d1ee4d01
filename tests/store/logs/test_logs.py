"""Lines of logs, stored and read back through the functions."""

import random
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from runledger import wiring
from runledger.api.logs import CreateLogs
from runledger.domain.filters.logs import LogFilter, LogQuery
from runledger.metering import measured
from runledger.service import logs
from runledger.store.dynamodb.table import Table
from runledger.store.store import Store
from tests.store.support.calls import FAULTS, Refusal, broken, heard, hooked, refused
from tests.store.support.contents import scan
from tests.store.support.lines import (
    FLOW_RUN,
    TASK_RUN,
    line,
    log,
    logged,
    messages,
    of,
    read,
    some_id,
)
from tests.support.databases import DynamoDB

KB = 1024
LONGEST = 1_000_000  # characters, as clients cut a line
SECOND = timedelta(seconds=1)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def at(second: int, **fields: object) -> dict[str, object]:
    return line(str(second), timestamp=(NOW + second * SECOND).isoformat(), **fields)


def noise(size: int) -> str:
    """Text that can't be compressed by much."""
    return b64encode(random.Random(1).randbytes(size * 3 // 4)).decode()  # noqa: S311


@pytest.mark.parametrize(
    "runs",
    [
        {"flow_run_id": FLOW_RUN},
        {"task_run_id": TASK_RUN},
        {"flow_run_id": FLOW_RUN, "task_run_id": TASK_RUN},
    ],
    ids=["flow run", "task run", "both"],
)
def test_lines_of_a_run_come_in_the_order_of_time(
    api: httpx.Client, runs: dict[str, object]
) -> None:
    logged(api, *(at(second, **runs) for second in (3, 1, 2)))
    asked = {name: of(str(run)) for name, run in runs.items()}
    assert messages(api, **asked) == ["1", "2", "3"]
    assert messages(api, {"sort": "TIMESTAMP_DESC"}, **asked) == ["3", "2", "1"]


def test_lines_of_several_runs_and_of_none_come_in_the_order_of_time(api: httpx.Client) -> None:
    kinds = ("flow_run_id",), ("task_run_id",), ("flow_run_id", "task_run_id"), ()
    runs = [{name: some_id() for name in kinds[number % 4]} for number in range(15)]
    logged(api, *(at(7 * number % 15, **run) for number, run in enumerate(runs)))
    assert messages(api) == [str(number) for number in range(15)]
    assert messages(api, {"offset": 4, "limit": 3, "sort": "TIMESTAMP_DESC"}) == ["10", "9", "8"]


def test_lines_of_one_moment_come_in_the_order_in_which_they_were_sent(api: httpx.Client) -> None:
    sent = [str(number) for number in range(60)]
    logged(api, *(line(message, flow_run_id=FLOW_RUN) for message in sent))
    assert messages(api, flow_run_id=of(FLOW_RUN)) == sent
    assert messages(api, {"sort": "TIMESTAMP_DESC"}) == sent[::-1]


def test_a_batch_that_is_sent_again_is_stored_once(api: httpx.Client) -> None:
    batch = [line("twice", flow_run_id=FLOW_RUN)] * 2
    for _ in range(2):
        logged(api, *batch)
    assert messages(api) == ["twice", "twice"]


def test_batches_that_differ_are_all_stored(api: httpx.Client) -> None:
    logged(api, line("a"), line("b"))
    logged(api, line("b"))
    assert sorted(messages(api)) == ["a", "b", "b"]


@pytest.mark.parametrize("message", ["x" * LONGEST, noise(LONGEST), "é\n" * 3_000], ids=len)
@pytest.mark.parametrize(
    "asked",
    [{}, {"flow_run_id": of(FLOW_RUN)}, {"task_run_id": of(TASK_RUN)}],
    ids=["all", "of the flow run", "of the task run"],
)
def test_a_long_line_is_read_back_whole(
    api: httpx.Client, message: str, asked: dict[str, object]
) -> None:
    runs = {"flow_run_id": FLOW_RUN, "task_run_id": TASK_RUN}
    logged(api, line("before", **runs), line(message, **runs), line("after", **runs))
    sent = ["before", message, "after"]
    assert messages(api, **asked) == sent
    assert messages(api, {"sort": "TIMESTAMP_DESC"}, **asked) == sent[::-1]


def test_the_calls_that_a_batch_takes_are_counted(dynamodb: DynamoDB) -> None:
    store = Store(Table(dynamodb.client, dynamodb.table), shards=2)
    who_listens, of_one_run, of_sixty_runs = 1, 1, 3
    for runs, batches in ((1, of_one_run), (60, of_sixty_runs)):
        lines = [line(flow_run_id=str(UUID(int=number % runs))) for number in range(60)]
        with measured() as meter:
            logs.create(store, CreateLogs.model_validate(lines).to_logs(NOW))
        assert meter.calls == who_listens + batches


def test_a_line_with_a_piece_missing_is_not_shown(api: httpx.Client, dynamodb: DynamoDB) -> None:
    logged(api, line(noise(LONGEST), flow_run_id=FLOW_RUN), line("short", flow_run_id=FLOW_RUN))
    *_, last = sorted(key for key, item in scan(dynamodb).items() if "lines" in item)
    dynamodb.client.delete_item(
        TableName=dynamodb.table, Key={"pk": {"S": last.pk}, "sk": {"S": last.sk}}
    )
    assert messages(api, flow_run_id=of(FLOW_RUN)) == messages(api) == ["short"]


def test_a_large_batch_is_stored_whole(api_on_dynoxide: httpx.Client) -> None:
    sent = [f"{number:04} " + "x" * 6 * KB for number in range(500)]
    logged(api_on_dynoxide, *(line(message, flow_run_id=FLOW_RUN) for message in sent))
    pages = (
        messages(api_on_dynoxide, {"offset": offset}, flow_run_id=of(FLOW_RUN))
        for offset in range(0, 600, 200)
    )
    assert [message for page in pages for message in page] == sent


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("first", range(4))
@pytest.mark.usefixtures("_no_pauses")
def test_a_batch_that_was_cut_off_is_whole_when_sent_again(
    api_on_dynoxide: httpx.Client, fault: str, first: int
) -> None:
    """At each of its calls: to see who listens, then to write 72 items in three batches."""
    runs = [{"flow_run_id": FLOW_RUN, "task_run_id": str(UUID(int=n))} for n in range(100, 169)]
    many = (line(f"{number:03}", **runs[number % len(runs)]) for number in range(200))
    batch = [*many, line(noise(LONGEST), flow_run_id=FLOW_RUN)]
    client = wiring.store().table.client
    with heard(client) as calls, broken(client, FAULTS[fault], first=first):
        answer = log(api_on_dynoxide, *batch)
    logged(api_on_dynoxide, *batch)
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert {name for name, _ in calls} <= {"Query", "BatchWriteItem"}
    sent = [str(one["message"]) for one in batch]
    of_one_run = [message for message in sent[:200] if int(message) % len(runs) == 7]
    paged = [{"offset": offset} for offset in (0, 200)]
    for asked in ({}, {"flow_run_id": of(FLOW_RUN)}):
        pages = (messages(api_on_dynoxide, page, **asked) for page in paged)
        assert [message for page in pages for message in page] == sent
    assert messages(api_on_dynoxide, task_run_id=of(runs[7]["task_run_id"])) == of_one_run


@pytest.mark.usefixtures("_no_pauses")
def test_lines_that_dynamodb_did_not_take_are_sent_once_more(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB
) -> None:
    """It takes but half of what is sent at once."""
    table, client = on_dynoxide.table, wiring.store().table.client

    def keep_back(
        *, params: dict[str, Any], context: dict[str, Any], **_: object
    ) -> dict[str, Any]:
        sent = params["RequestItems"][table]
        context["kept back"] = sent[len(sent) // 2 + 1 :]
        return params | {"RequestItems": {table: sent[: len(sent) // 2 + 1]}}

    def aggregate(*, parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        parsed["UnprocessedItems"] = {table: left} if (left := context["kept back"]) else {}

    with (
        hooked(client, "provide-client-params.dynamodb.BatchWriteItem", keep_back),
        hooked(client, "after-call.dynamodb.BatchWriteItem", aggregate),
    ):
        logged(api_on_dynoxide, *(at(n, task_run_id=some_id()) for n in range(60)))
    assert messages(api_on_dynoxide) == [str(number) for number in range(60)]


@pytest.mark.usefixtures("_no_pauses")
def test_lines_that_are_never_taken_are_told_of(api_on_dynoxide: httpx.Client) -> None:
    refusal = Refusal(400, "ProvisionedThroughputExceededException")
    with refused(wiring.store().table.client, refusal, "BatchWriteItem", times=float("inf")):
        answer = log(api_on_dynoxide, line())
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE


@pytest.mark.parametrize("days", [0, 1])
def test_lines_are_kept_as_long_as_the_settings_say(
    dynamodb: DynamoDB, api: httpx.Client, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    monkeypatch.setenv("RUN_LOG_RETENTION_DAYS", str(days))
    wiring.reset()
    logged(api, line())
    (item,) = scan(dynamodb).values()
    expected = datetime.now(UTC) + timedelta(days=days)
    expires = datetime.fromtimestamp(int(item.get("expires_at", expected.timestamp())), UTC)
    assert ("expires_at" in item) is (days > 0)
    assert abs(expires - expected) < timedelta(minutes=1)


def test_a_line_that_expired_is_not_shown_although_it_is_still_there(dynamodb: DynamoDB) -> None:
    table = Table(dynamodb.client, dynamodb.table)
    store = Store(table, shards=2, log_retention=timedelta(days=1))
    asked = LogQuery(LogFilter(), reverse=False, offset=0, limit=9)
    sent = CreateLogs.model_validate([line("old")]).to_logs(NOW)
    logs.create(store, sent)
    shown = [
        [found.message for found in logs.search(store, asked, now=now).answer]
        for now in (NOW, NOW + timedelta(days=1) - SECOND, NOW + timedelta(days=1))
    ]
    assert shown == [["old"], ["old"], []]


@pytest.mark.usefixtures("_no_pauses")
def test_a_search_that_takes_too_long_tells_how_to_narrow_it(
    api: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCH_SECONDS", "0")
    wiring.reset()
    answer = api.post("/logs/filter", json={"logs": {"text": {"query": "rare"}}})
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert "logs.flow_run_id" in answer.text


def test_characters_that_are_nul_are_left_out(api: httpx.Client) -> None:
    logged(api, line("\x00a\x00b", name="\x00"))
    (found,) = read(api)
    assert (found["message"], found["name"]) == ("ab", "")


def test_a_search_for_words_looks_at_messages_and_names(api: httpx.Client) -> None:
    logged(api, line("Boom", name="prefect.task_runs"), line("fine", name="BOOM"), line("other"))
    assert messages(api, text={"query": "boom -task_runs"}) == ["fine"]
    either = {"operator": "or_", "level": {"ge_": 99}, "text": {"query": "boom -task_runs"}}
    assert messages(api, **either) == ["Boom", "fine", "other"]
