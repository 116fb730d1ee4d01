"""Whatever is asked of whatever was logged: the answer is that of the filter, line by line."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runledger.api.logs import CreateLogs, ReadLogs
from runledger.domain.filters.logs import LogQuery
from runledger.domain.logs import Log, batch_number
from runledger.service import logs
from runledger.store.dynamodb.table import Table
from runledger.store.logs.logs import LogStore
from runledger.store.store import Store
from tests.store.support.contents import scan
from tests.support.databases import DynamoDB

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RUNS = [str(UUID(int=number)) for number in range(4)]
# A chunk has room for some of the longest.
WORDS = ("error", "Error", "io", "a b", "100%", "x" * 2_000, "y" * 25_000)
# Each example asks many questions.
FEW = max(1, settings().max_examples // 6)
# Times far enough apart for ties to be rare but there; of a half, many share a chunk.
STEPS = timedelta(seconds=1), timedelta(milliseconds=200), timedelta(microseconds=1)
TIMES = [(NOW + number * step).isoformat() for step in STEPS for number in range(20)]

run = st.sampled_from(RUNS)
time = st.sampled_from(TIMES)
level = st.integers(-1, 3).map(lambda number: number * 10)
line = st.fixed_dictionaries(
    {
        "name": st.sampled_from(WORDS),
        "level": level,
        "message": st.sampled_from(WORDS),
        "timestamp": time,
        "flow_run_id": st.none() | run,
        "task_run_id": st.none() | run,
    }
)


def some(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=parts)


wanted = some(
    operator=st.sampled_from(["and_", "or_"]),
    level=some(ge_=level, le_=level),
    timestamp=some(after_=time, before_=time),
    flow_run_id=some(any_=st.lists(run, max_size=3)),
    task_run_id=some(any_=st.lists(run, max_size=3), is_null_=st.booleans()),
    text=st.builds(dict, query=st.sampled_from(["", "error", "-error", "+io b", '"a b" x'])),
)
asked = st.fixed_dictionaries(
    {"logs": wanted},
    optional={
        "sort": st.sampled_from(["TIMESTAMP_ASC", "TIMESTAMP_DESC"]),
        "limit": st.integers(0, 20),
        "offset": st.integers(0, 20),
    },
)


def expected(batches: Mapping[int, list[Log]], query: LogQuery) -> list[Log]:
    """Return the lines of the filter, in the order of time and then in that of sending."""
    sent = [
        (log.timestamp, batch, number, log)
        for batch, logs in batches.items()
        for number, log in enumerate(logs)
    ]
    in_order = [log for *_, log in sorted(sent, key=lambda one: one[:3])]
    found = [log for log in in_order if query.wanted.matches(log)]
    return found[:: -1 if query.reverse else 1][query.offset :][: query.limit]


@given(
    sent=st.lists(st.lists(line, max_size=25), max_size=4),
    questions=st.lists(asked, min_size=10, max_size=10),
    shards=st.sampled_from([1, 2, 5]),
)
@settings(max_examples=FEW, suppress_health_check=list(HealthCheck))
def test_a_search_finds_what_is_wanted_in_order(
    dynamodb: DynamoDB,
    sent: list[list[dict[str, Any]]],
    questions: list[dict[str, Any]],
    shards: int,
) -> None:
    """Batches that are the same are one; lines of one moment in several follow no order but one."""
    store = Store(Table(dynamodb.client, dynamodb.table), shards)
    batches = {}
    for lines in sent:
        batch = CreateLogs.model_validate(lines)
        first = batch_number(batch.model_dump_json().encode())
        batches[first] = batch.to_logs(NOW)
        logs.create(store, batches[first])
    queries = [ReadLogs.model_validate(question).query() for question in questions]
    answers = [logs.search(store, query, now=NOW).answer for query in queries]
    LogStore.of(store).remove(scan(dynamodb))
    assert answers == [expected(batches, query) for query in queries]
