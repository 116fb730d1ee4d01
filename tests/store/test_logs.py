"""Lines of logs, stored and read back through the functions."""

import hashlib
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
from runledger.store.store import Store
from runledger.store.table import Table
from tests.databases import DynamoDB
from tests.store.calls import FAULTS, Refusal, broken, heard, hooked, refused
from tests.store.contents import scan
from tests.store.lines import FLOW_RUN, TASK_RUN, line, log, logged, messages, of, read, some_id

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
    *_, last = sorted(key for key, item in scan(dynamodb).items() if "packed" in item)
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

    def tell(*, parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        parsed["UnprocessedItems"] = {table: left} if (left := context["kept back"]) else {}

    with (
        hooked(client, "provide-client-params.dynamodb.BatchWriteItem", keep_back),
        hooked(client, "after-call.dynamodb.BatchWriteItem", tell),
    ):
        logged(api_on_dynoxide, *(line(str(number)) for number in range(60)))
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


@pytest.mark.parametrize(("sort", "most"), [("TIMESTAMP_ASC", 1), ("TIMESTAMP_DESC", 2)])
def test_lines_of_a_flow_run_are_asked_for_consistently_and_no_more_than_needed(
    api_on_dynoxide: httpx.Client, sort: str, most: int
) -> None:
    """Of 15,000 lines; backwards, so much is read as may have later lines than a page's last."""
    logged(api_on_dynoxide, *many_lines(15_000))
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
SECONDS = ("0", "0.000001", "2.999999", "3", "3.000001", "9")
FIRST_INSTANTS = ("0001-01-01T00:00:00Z", "0001-01-01T00:00:04Z", "1969-12-31T23:59:59.9999Z")
LAST_INSTANTS = ("9999-12-31T23:59:57Z", "9999-12-31T23:59:59.999999Z")


@pytest.mark.parametrize("sort", ["TIMESTAMP_ASC", "TIMESTAMP_DESC"])
@pytest.mark.parametrize("run", [{"flow_run_id": FLOW_RUN}, {"task_run_id": TASK_RUN}, {}])
def test_any_range_of_time_finds_what_was_logged_in_it(
    api_on_moto: httpx.Client, run: dict[str, object], sort: str
) -> None:
    recent = (f"2026-01-01T00:00:0{second}Z" for second in SECONDS)
    times = [*FIRST_INSTANTS, *recent, *LAST_INSTANTS]
    logged(api_on_moto, *(line(time, timestamp=time, **run) for time in times))
    asked = {name: of(str(one)) for name, one in run.items()}
    for number, first in enumerate(times):
        for last in times[number:]:
            wanted = times[number : times.index(last) + 1]
            expected = wanted if "ASC" in sort else wanted[::-1]
            between = {"after_": first, "before_": last}
            assert messages(api_on_moto, {"sort": sort}, timestamp=between, **asked) == expected


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
    """What it takes to write lines that are sent together."""
    store = Store(Table(database.client, database.table), shards=2)
    with measured() as meter:
        logs.create(store, CreateLogs.model_validate(lines).to_logs(NOW))
    who_listens = 1
    return meter.capacity - who_listens


@pytest.mark.parametrize("number", [200, 1_100, 5_000])
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

    monkeypatch.setattr(hashlib, "sha256", counted)
    taken = {}
    for number in (1_000, 2_000, 4_000, 8_000):
        lines = many_lines(number, task_run_id=str(UUID(int=number)))
        before = len(scan(on_dynoxide))
        hashed.clear()
        used = units(on_dynoxide, lines)
        taken[number] = len(scan(on_dynoxide)) - before, used
        batch = CreateLogs.model_validate(lines).model_dump_json()
        assert hashed.count(len(batch)) == 1
        assert [size for size in hashed if size > len(batch) / number] == [len(batch)]
    for number in (1_000, 2_000, 4_000):
        for less, more in zip(taken[number], taken[2 * number], strict=True):
            assert more <= 2.1 * less


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
