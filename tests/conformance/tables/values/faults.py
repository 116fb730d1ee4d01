"""Filters that are refused, or read leniently."""

import math

from tests.conformance.programs import some_id
from tests.conformance.tables.values import samples
from tests.conformance.tables.values.criteria import (
    DEPLOYMENTS,
    FLOW_RUNS,
    FLOWS,
    SORTS_OF_TASK_RUNS,
    TASK_RUNS,
)

OPERATORS = (
    *(
        "any_",
        "not_any_",
        "all_",
        "like_",
        "is_null_",
        "before_",
        "after_",
        "exists_",
        "eq_",
        "ge_",
    ),
    *("le_", "id_", "type_", "operator", "type", "name", "x"),
)
WRONG: tuple[object, ...] = (5, "x", [5], [None], ["x"], True, {}, {"any_": 5}, None, [], math.nan)
# Of those, how many each operator of each field is given.
WRONG_EACH = 4
OBJECTS = {
    "task_runs": TASK_RUNS,
    "flow_runs": FLOW_RUNS,
    "flows": FLOWS,
    "deployments": DEPLOYMENTS,
}

NO_SORTS: tuple[object, ...] = ("id_desc", "START_TIME_ASC", "", None, 5, [], {}, ["ID_DESC"])
NO_OBJECTS: tuple[object, ...] = (5, "x", [], [{}], True, {"x": 1}, {"": 1})
NO_OPERATORS: tuple[object, ...] = ("xor_", "AND_", "", None, 5, [], "and_")
NO_CRITERIA: tuple[object, ...] = (5, "x", [], True)
NO_STATES: tuple[object, ...] = (5, [5], ["x"], ["RUNNING", "running"], None, [])

ALL: tuple[object, ...] = (
    *({"limit": limit} for limit in (*samples.INTS, 200, 201, 10**20)),
    *({"offset": offset} for offset in samples.INTS),
    *({"sort": sort} for sort in (*SORTS_OF_TASK_RUNS, *NO_SORTS)),
    *({name: value} for name in OBJECTS for value in NO_OBJECTS),
    *({name: {"operator": operator}} for name in OBJECTS for operator in NO_OPERATORS),
    *(
        {name: {field: value}}
        for name in OBJECTS
        for field in OBJECTS[name]
        for value in NO_CRITERIA
    ),
    *(
        {name: {field: {operator: value}}}
        for name in OBJECTS
        for field in OBJECTS[name]
        for number, operator in enumerate(OPERATORS)
        for value in (WRONG * 2)[number % len(WRONG) :][:WRONG_EACH]
    ),
    *(
        {"task_runs": {"state": {inner: {operator: value}}}}
        for inner in ("type", "name", "x")
        for operator in ("any_", "not_any_", "operator", "x")
        for value in NO_STATES
    ),
    *(
        {"flow_runs": {"state": {inner: {operator: value}}}}
        for inner in ("type", "name", "x")
        for operator in ("any_", "not_any_", "operator", "x")
        for value in NO_STATES
    ),
    *({"task_runs": {"expected_start_time": {"before_": time}}} for time in samples.TIMES),
    *(
        {"flow_runs": {"next_scheduled_start_time": {"after_": time}}}
        for time in samples.TIMES[:20]
    ),
    *({"task_runs": {"id": {"any_": [value]}}} for value in samples.IDS),
    *({"flow_runs": {"deployment_id": {"any_": [value]}}} for value in samples.IDS[:10]),
    *({"task_runs": {"subflow_runs": {"exists_": flag}}} for flag in samples.BOOLS),
    *({"task_runs": {"name": {"like_": text}}} for text in samples.TEXTS),
    *({"task_runs": {"name": {"any_": [text]}}} for text in samples.TEXTS),
    *({"task_runs": {"tags": {"all_": tags}}} for tags in samples.TAGS),
    {"task_runs": {"id": {"any_": ["zz", 5, some_id(1)]}, "name": {"any_": [1], "x": 2}, "y": 3}},
    {"task_runs": {"operator": "x", "id": 5}, "flow_runs": {"id": 5}, "flows": 5, "limit": "x"},
)
