"""Filters beside the SQL that the reference would make of them, on random rows."""

# ruff: noqa: S608 - the SQL is made of the test's own words

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from runledger.domain.filters.ancestry import Ancestry
from runledger.domain.filters.flow_runs import FlowRunFilter
from runledger.domain.filters.like import like
from runledger.domain.filters.task_runs import TaskRunFilter
from runledger.domain.runs.flow_runs import FlowRun
from tests.domain.filters.strategies import (
    FLOW_RUN,
    OF_FLOW_RUNS,
    OF_TASK_RUNS,
    TASK_RUN,
    TEXTS,
    rows,
)
from tests.support.facts import flow_run_facts, task_run_facts

Body = dict[str, Any]


def literal(value: object) -> str:
    plain = json.dumps(value, default=str) if isinstance(value, list | tuple | dict) else value
    return "'{}'".format(str(plain).replace("'", "''"))


def members(values: object) -> str:
    return f"(SELECT value FROM json_each({literal(values)}))"


# Operator → its SQL, from the column and the operand; "" where the operand asks nothing.
Spelling = Callable[[str, Any], str]
PLAIN: Mapping[str, Spelling] = {
    "any_": lambda column, wanted: f"{column} IN {members(wanted)}",
    "not_any_": lambda column, wanted: f"{column} NOT IN {members(wanted)}" if wanted else "",
    "like_": lambda column, wanted: (
        f"lower({column}) LIKE lower({literal(f'%{wanted}%')})" if wanted else ""
    ),
    "before_": lambda column, limit: f"{column} <= {literal(limit)}",
    "after_": lambda column, limit: f"{column} >= {literal(limit)}",
    "is_null_": lambda column, wanted: f"{column} IS {'' if wanted else 'NOT '}NULL",
    "exists_": lambda column, wanted: f"{column} {'>' if wanted else '='} 0",
    "id_": lambda column, wanted: f"{column} ->> 'id' IN {members(wanted)}",
    "type_": lambda column, wanted: f"{column} ->> 'type' IN {members(wanted)}",
}
OF_TAGS: Mapping[str, Spelling] = {
    "all_": lambda _, wanted: " AND ".join(
        f"{literal(tag)} IN (SELECT value FROM json_each(tags))" for tag in wanted
    ),
    "any_": lambda _, wanted: (
        f"EXISTS (SELECT 1 FROM json_each(tags) WHERE value IN {members(wanted)})"
    ),
    "is_null_": lambda _, wanted: f"tags {'=' if wanted else '!='} '[]'",
}
BEGINNING: Mapping[str, Spelling] = {
    op: lambda _, limit, op=op: PLAIN[op]("coalesce(start_time, expected_start_time)", limit)  # type: ignore[misc]
    for op in ("before_", "after_")
}


def joined(clauses: Iterable[str], operator: str = "and_") -> str:
    word = {"and_": " AND ", "or_": " OR "}[operator]
    return word.join(f"({clause})" for clause in clauses if clause) or "TRUE"


def clauses(column: str, asked: Body, spelling: Mapping[str, Spelling]) -> list[str]:
    operands = ((op, operand) for op, operand in asked.items() if op != "operator")
    spelled = (spelling[op](column, operand) for op, operand in operands if operand is not None)
    return [clause for clause in spelled if clause]


def of_state(asked: Body) -> Iterator[str]:
    for part in ("type", "name"):
        said = clauses(f"state_{part}", asked.get(part) or {}, PLAIN)
        yield joined(said) if said else ""


def of_flow_run_id(asked: Body) -> str:
    listed, null = asked.get("any_"), asked.get("is_null_", False)
    if null or (listed is None and null is False):
        return PLAIN["is_null_"]("flow_run_id", null)
    return "TRUE" if listed is None else PLAIN["any_"]("flow_run_id", listed)


def where(asked: Body, special: Mapping[str, Callable[[Body], str]]) -> str:
    fields = ((name, value) for name, value in asked.items() if name != "operator")
    return joined(
        (
            special[name](value) if name in special else plainly(name, value, PLAIN)
            for name, value in fields
            if value is not None
        ),
        asked.get("operator", "and_"),
    )


def plainly(name: str, asked: Body, spelling: Mapping[str, Spelling]) -> str:
    return joined(clauses(name, asked, spelling), asked.get("operator", "and_"))


SHARED: Mapping[str, Callable[[Body], str]] = {
    "tags": lambda asked: plainly("tags", asked, OF_TAGS),
    "state": lambda asked: joined(of_state(asked), asked.get("operator", "and_")),
}
FOR_TASK_RUNS = {**SHARED, "flow_run_id": of_flow_run_id}
FOR_FLOW_RUNS = {
    **SHARED,
    "start_time": lambda asked: plainly("start_time", asked, {**PLAIN, **BEGINNING}),
}


def stored(value: object) -> object:
    if isinstance(value, tuple | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value) if isinstance(value, UUID | datetime) else value


def selects(row: Body, condition: str) -> bool:
    columns = ", ".join(f"? AS {column}" for column in row)
    sql = f"SELECT 1 FROM (SELECT {columns}) WHERE {condition}"
    with closing(sqlite3.connect(":memory:")) as database:
        found = database.execute(sql, [stored(value) for value in row.values()]).fetchall()
    return found == [(1,)]


@given(asked=OF_TASK_RUNS, row=rows(TASK_RUN))
@settings(max_examples=400, deadline=None)
def test_a_task_run_matches_where_sql_selects_it(asked: Body, row: Body) -> None:
    facts = task_run_facts(**row)
    assert TaskRunFilter(**asked).matches(facts) == selects(row, where(asked, FOR_TASK_RUNS))


@given(asked=OF_FLOW_RUNS, row=rows(FLOW_RUN))
@settings(max_examples=400, deadline=None)
def test_a_flow_run_matches_where_sql_selects_it(asked: Body, row: Body) -> None:
    run = flow_run_facts(FlowRun.model_construct(**row))
    ancestry = Ancestry(flow_run=run, parent_flow_run_id=row["parent_flow_run_id"])
    assert FlowRunFilter(**asked).matches(ancestry) == selects(row, where(asked, FOR_FLOW_RUNS))


@given(pattern=TEXTS, text=st.text("aAbéÉ_%\\\n", max_size=12))
@settings(max_examples=400, deadline=None)
def test_like_matches_where_sql_likes_it(pattern: str, text: str) -> None:
    assert like(pattern)(text) == selects({"name": text}, PLAIN["like_"]("name", pattern) or "TRUE")
