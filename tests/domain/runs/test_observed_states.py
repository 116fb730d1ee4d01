"""Which observed states are wanted, beside the SQL that the reference would make of it."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from runledger.domain.runs.observed_states import (
    ObservedState,
    ObservedStateOrder,
    ObservedStateQuery,
)
from runledger.domain.runs.states import StateType

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
# With what LIKE reads as a pattern, and letters whose case only some databases know.
NAMES = st.text("aAbPeE%_/\\ äÄé", max_size=4) | st.sampled_from(["Pending", "pending", "PAUSED"])
PAIRS = st.tuples(st.sampled_from(StateType), NAMES)
MOMENTS = st.integers(0, 3).map(lambda seconds: NOW + timedelta(seconds=seconds))
OBSERVED = st.dictionaries(PAIRS, st.tuples(MOMENTS, MOMENTS).map(sorted), max_size=8)
QUERIES = st.none() | st.sampled_from(["p", "PE", "pa", "%", "_", "A_", "é", "Ä", " ", ""]) | NAMES
ORDERS = {
    ObservedStateOrder.NAME_ASC: "type, name",
    ObservedStateOrder.LAST_SEEN_DESC: "last_seen DESC, type, name",
}


def selected(observed: list[ObservedState], wanted: ObservedStateQuery) -> list[tuple[str, str]]:
    rows = [(one.state_type, one.state_name, one.last_seen.isoformat()) for one in observed]
    prefix = (wanted.query or "").strip()
    for special in "/%_":
        prefix = prefix.replace(special, f"/{special}")
    begins = " OR ".join(
        f"lower({column}) LIKE lower(:prefix) || '%' ESCAPE '/'" for column in ("type", "name")
    )
    sql = f"SELECT type, name FROM seen WHERE {begins} ORDER BY {ORDERS[wanted.order_by]} LIMIT :limit"  # noqa: S608, E501
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE seen (type, name, last_seen)")
        database.executemany("INSERT INTO seen VALUES (?, ?, ?)", rows)
        found: list[tuple[str, str]] = database.execute(
            sql, {"prefix": prefix, "limit": wanted.limit}
        ).fetchall()
    return found


@given(observed=OBSERVED, query=QUERIES, order=st.sampled_from(ObservedStateOrder))
def test_the_wanted_states_are_those_that_sql_selects(
    observed: dict[tuple[StateType, str], list[datetime]],
    query: str | None,
    order: ObservedStateOrder,
) -> None:
    seen = [
        ObservedState(state_type=kind, state_name=name, first_seen=first, last_seen=last)
        for (kind, name), (first, last) in observed.items()
    ]
    for limit in (1, 3, 200):
        wanted = ObservedStateQuery(query=query, order_by=order, limit=limit)
        found = [(one.state_type, one.state_name) for one in wanted.first(seen)]
        assert found == selected(seen, wanted)
