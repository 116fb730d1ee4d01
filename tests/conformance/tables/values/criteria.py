"""Filters over the data of `filters.py`."""

from collections.abc import Mapping
from typing import TypeAlias

from tests.conformance.programs import NOBODY, some_id
from tests.conformance.tables.values import criterion_values
from tests.conformance.tables.values.criterion_values import (
    ANY_TAGS,
    EXISTS,
    FLOW_RUN_ID,
    IDS,
    NAMES,
    STATES,
    TAGS,
    TIMES,
    TIMES_OR_NONE,
    linked,
    not_any,
    state_names,
)

Criteria: TypeAlias = criterion_values.Criteria

T = some_id

TASK_RUNS: dict[str, Criteria] = {
    "id": IDS,
    "name": NAMES,
    "tags": TAGS,
    "state": STATES,
    "start_time": TIMES_OR_NONE,
    "end_time": TIMES_OR_NONE,
    "expected_start_time": TIMES,
    "subflow_runs": EXISTS,
    "flow_run_id": FLOW_RUN_ID,
}
FLOW_RUNS: dict[str, Criteria] = {
    "id": not_any("<r1.id>", "<r3.id>", NOBODY),
    "name": (
        *({"any_": n} for n in ([], ["Run_1"], ["run_1"])),
        *({"like_": t} for t in ("RUN", "n_1", "%", "", "äö", "2%")),
    ),
    "tags": (
        *TAGS,
        *ANY_TAGS,
        {"any_": ["a"], "all_": ["b"]},
        {"any_": ["a"], "is_null_": True, "operator": "or_"},
    ),
    "deployment_id": linked(T(900), T(901)),
    "work_queue_name": linked("q", ""),
    "parent_task_run_id": linked(T(1), T(5)),
    "state": state_names(("RUNNING", "PENDING"), ("Running", "Odd")),
    "flow_version": (
        {},
        *({"any_": versions} for versions in ([], ["v1"], ["", "v1"], ["V1"], None)),
    ),
    "start_time": TIMES_OR_NONE,
    "end_time": TIMES_OR_NONE,
    "expected_start_time": TIMES,
    "next_scheduled_start_time": TIMES,
    "parent_flow_run_id": (
        {},
        *({"any_": ids} for ids in ([], ["<r1.id>"], ["<r6.id>"], [NOBODY], None)),
    ),
    "idempotency_key": not_any("k2", "K2", "x"),
    "created_by": (
        *({}, {"is_null_": True}, {"is_null_": False}, {"id_": []}, {"id_": [T(1)]}, {"type_": []}),
        *(
            {"type_": ["DEPLOYMENT"]},
            {"is_null_": True, "type_": ["x"], "operator": "or_"},
            {"operator": "or_"},
        ),
    ),
}
FLOWS: dict[str, Criteria] = {
    "id": not_any("<fa.id>", "<fb.id>"),
    "deployment": (
        {},
        {"is_null_": True},
        {"is_null_": False},
        {"is_null_": None},
        {"is_null_": True, "operator": "or_"},
    ),
    "name": (
        *({"any_": n} for n in ([], ["Flow_A"], ["flow_a"])),
        *({"like_": t} for t in ("FLOW", "w_", "b%", "", "äö")),
    ),
    "tags": TAGS + tuple({"all_": tags} for tags in (["x"], ["X"], ["x", "y"])),
}
DEPLOYMENTS: dict[str, Criteria] = {
    "id": not_any(T(900)),
    "name": ({}, {"any_": []}, {"like_": ""}, {"like_": "x"}),
    "flow_or_deployment_name": ({}, {"like_": ""}, {"like_": "flow"}, {"like_": None}),
    "paused": ({}, {"eq_": True}, {"eq_": False}, {"eq_": None}),
    "tags": ({}, {"all_": []}, {"any_": []}, {"is_null_": True}, {"operator": "or_"}),
    "work_queue_name": ({}, {"any_": []}, {"any_": ["q"]}),
    "concurrency_limit": ({}, {"ge_": 1}, {"le_": 1}, {"is_null_": True}),
}


def _objects(name: str, fields: dict[str, Criteria]) -> Criteria:
    """Each criterion alone, and beside another one in both ways of combining."""
    alone: list[Mapping[str, object]] = [
        {name: {key: criterion}} for key, criteria in fields.items() for criterion in criteria
    ]
    beside: list[Mapping[str, object]] = [
        {name: {key: criteria[-1], other: fields[other][1], "operator": op}}
        for key, criteria in fields.items()
        for other in fields
        for op in ("and_", "or_")
        if key < other
    ]
    empty: list[Mapping[str, object]] = [
        {name: None},
        {name: {}},
        {name: {"operator": "or_"}},
        {name: {"operator": "and_"}},
    ]
    nulls: list[Mapping[str, object]] = [
        {name: dict.fromkeys(fields)},
        {name: {**dict.fromkeys(fields), "operator": "or_"}},
    ]
    return (*empty, *nulls, *alone, *beside)


_TOGETHER: Criteria = (
    *(
        {},
        {"unknown": 1, "work_pools": {"x": 1}},
        {"flows": {}, "flow_runs": {}, "deployments": {}},
    ),
    {"flows": {}, "task_runs": {"name": {"like_": "alp"}}},
    {"flow_runs": {"name": {"any_": ["Run_1"]}}, "flows": {"name": {"any_": ["Flow_A"]}}},
    {"flow_runs": {"name": {"any_": ["Run_1"]}}, "flows": {"name": {"any_": ["flow b_"]}}},
    {
        "flow_runs": {"tags": {"all_": ["a"]}},
        "task_runs": {"state": {"type": {"any_": ["COMPLETED"]}}},
    },
    {"flows": {"deployment": {"is_null_": True}}, "task_runs": {"tags": {"is_null_": True}}},
    {"flow_runs": {}, "task_runs": {"flow_run_id": {"is_null_": True}}},
    {
        "flow_runs": {"id": {"any_": ["<r1.id>", "<r3.id>"]}},
        "task_runs": {"flow_run_id": {"any_": ["<r1.id>"]}},
    },
    {"flow_runs": {"id": {"any_": ["<r1.id>"]}, "name": {"any_": ["Zed 3"]}, "operator": "or_"}},
)
ALL: Criteria = (
    *_TOGETHER,
    *_objects("task_runs", TASK_RUNS),
    *_objects("flow_runs", FLOW_RUNS),
    *_objects("flows", FLOWS),
    *_objects("deployments", DEPLOYMENTS),
)
CHANGING: Criteria = (
    *({}, {"flow_runs": {}}, {"flows": {"name": {"any_": ["Flow_A"]}}}, {"sort": "NAME_ASC"}),
    *(
        {"task_runs": {"name": {"any_": ["Alpha"]}}},
        {"task_runs": {"subflow_runs": {"exists_": True}}},
    ),
    *(
        {"task_runs": {"flow_run_id": {"any_": ["<r2.id>", "<r6.id>"]}}},
        {"flow_runs": {"parent_task_run_id": {"is_null_": True}}},
    ),
)
SORTS = (
    *("ID_DESC", "EXPECTED_START_TIME_ASC", "EXPECTED_START_TIME_DESC", "NAME_ASC", "NAME_DESC"),
    *("NEXT_SCHEDULED_START_TIME_ASC", "END_TIME_DESC"),
)
DURATIONS = ("DURATION_DESC", "DURATION_ASC")
SORTS_OF_TASK_RUNS = (*SORTS, *DURATIONS)
ORDERS: Criteria = (
    *({"sort": sort} for sort in SORTS_OF_TASK_RUNS),
    *(
        {"sort": sort, "limit": limit, "offset": offset}
        for sort in SORTS_OF_TASK_RUNS
        for limit, offset in ((0, 0), (1, 0), (3, 2), (200, 14), (5, 100))
    ),
    *({"sort": sort, "flow_runs": {}, "limit": 4, "offset": 1} for sort in SORTS_OF_TASK_RUNS),
    *(
        {"sort": sort, "task_runs": {"flow_run_id": {"is_null_": True}}, "limit": 3, "offset": 1}
        for sort in SORTS_OF_TASK_RUNS
    ),
    *(
        {"sort": sort, "task_runs": {"flow_run_id": {"any_": ["<r1.id>", "<r3.id>"]}}}
        for sort in SORTS_OF_TASK_RUNS
    ),
    *(
        {
            "sort": sort,
            "task_runs": {"state": {"type": {"any_": ["COMPLETED", "SCHEDULED"]}}},
            "limit": 4,
            "offset": 1,
        }
        for sort in SORTS_OF_TASK_RUNS
    ),
    *(
        {"sort": sort, "task_runs": {"id": {"any_": [T(n) for n in range(3, 9)]}}, "limit": 4}
        for sort in SORTS_OF_TASK_RUNS
    ),
    *(
        {"sort": sort, "task_runs": {"name": {"like_": "a"}}, "offset": 2}
        for sort in SORTS_OF_TASK_RUNS
    ),
)
