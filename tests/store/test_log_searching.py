"""Whatever is asked of whatever was logged: the answer is that of the filter, line by line."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runledger.api.logs import CreateLogs, ReadLogs
from runledger.domain.filters.logs import LogQuery
from runledger.domain.logs import Log
from runledger.service import logs
from runledger.store.store import Store
from tests.databases import DynamoDB
from tests.store.contents import scan

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RUNS = [str(UUID(int=number)) for number in range(4)]
WORDS = ("error", "Error", "io", "a b", "100%", "x" * 2_000)
# Each example asks many questions.
FEW = max(1, settings().max_examples // 6)
# Times far enough apart for ties to be rare but there.
TIMES = [(NOW + timedelta(seconds=number)).isoformat() for number in range(40)]

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


def expected(batch: list[Log], query: LogQuery) -> list[Log]:
    """What the filter says, in the order of time and then in that in which it was sent."""
    in_order = sorted(enumerate(batch), key=lambda sent: (sent[1].timestamp, sent[0]))
    found = [log for _, log in in_order if query.wanted.matches(log)]
    return found[:: -1 if query.reverse else 1][query.offset :][: query.limit]


@given(lines=st.lists(line, max_size=40), questions=st.lists(asked, min_size=10, max_size=10))
@settings(max_examples=FEW, suppress_health_check=list(HealthCheck))
def test_a_search_finds_what_is_wanted_in_order(
    store: Store, dynamodb: DynamoDB, lines: list[dict[str, Any]], questions: list[dict[str, Any]]
) -> None:
    batch = CreateLogs.model_validate(lines).to_logs(NOW)
    logs.create(store, batch)
    queries = [ReadLogs.model_validate(question).query() for question in questions]
    answers = [logs.search(store, query, now=NOW).answer for query in queries]
    store.logs.remove(scan(dynamodb))
    assert answers == [expected(batch, query) for query in queries]
