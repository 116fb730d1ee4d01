"""Filters over the data of `filters.py`."""

from collections.abc import Mapping

from tests.conformance.programs import NOBODY, some_id

T = some_id
Criteria = tuple[Mapping[str, object], ...]

_NAMES: Criteria = (
    *(
        {"any_": names}
        for names in ([], ["Alpha"], ["alpha", "be_ta"], ["x"], ["Alpha", "Alpha"], [""])
    ),
    *(
        {"like_": text}
        for text in (
            *(
                "ALPHA",
                "alpha",
                "e_t",
                "%",
                "_",
                "",
                "a%2",
                "äö",
                "ÄÖ",
                "Ö",
                "\\",
                "h\\s",
                "[x]",
                "*",
                "?",
            ),
            *("x%", "__", "%%", "a%a", "9", " ", "ta\\%", "%a", "a_", "ALPHA_"),
        )
    ),
    *({}, {"any_": None}, {"like_": None}, {"any_": None, "like_": None}),
    *({"any_": ["Alpha", "be_ta"], "like_": "alp"}, {"any_": [], "like_": "alp"}),
)
_TAGS: Criteria = (
    *(
        {"all_": tags}
        for tags in (
            [],
            ["a"],
            ["b"],
            ["B"],
            ["a", "b"],
            ["b", "a", "a"],
            ['a"b'],
            ["x"],
            [""],
            ["é"],
            ["a b"],
        )
    ),
    *({"is_null_": flag} for flag in (True, False, None, "yes", 0)),
    *({"all_": ["a"], "is_null_": flag} for flag in (True, False)),
    *({"all_": ["a"], "is_null_": flag, "operator": "or_"} for flag in (True, False)),
    *({}, {"operator": "or_"}, {"operator": "and_"}, {"all_": None, "is_null_": None}),
    *({"all_": [], "operator": "or_"}, {"all_": [], "is_null_": True, "operator": "or_"}),
)
_ANY_TAGS: Criteria = tuple(
    {"any_": tags} for tags in ([], ["a"], ["A", "b"], ["x"], ["x", "X"], ['q"q'], None)
)
_STATES: Criteria = (
    *(
        {"type": {"any_": kinds}}
        for kinds in ([], ["RUNNING"], ["COMPLETED", "FAILED"], ["PAUSED"])
    ),
    *(
        {"name": {"any_": names}}
        for names in ([], ["Running"], ["running"], ["Boom"], ["Cached", ""])
    ),
    *(
        {"type": {"any_": ["RUNNING"]}, "name": {"any_": ["Boom"]}, "operator": op}
        for op in ("and_", "or_")
    ),
    *({"type": {"any_": ["RUNNING"]}, "name": {}, "operator": op} for op in ("and_", "or_")),
    *({"type": {}, "name": {"any_": ["Boom"]}, "operator": "or_"}, {"type": {}, "name": {}}, {}),
    *(
        {"type": None, "name": None},
        {"operator": "or_"},
        {"type": {"any_": None}},
        {"name": {"any_": None}},
    ),
    *({"type": {"any_": []}, "name": {"any_": ["Boom"]}, "operator": "or_"},),
)
_TIMES: Criteria = (
    *(
        {"before_": time}
        for time in ("2029-12-31", "2030-06-01T00:00:00Z", "2010-01-01", "2050-01-01", "now")
    ),
    *(
        {"after_": time}
        for time in ("2030-05-31T22:00:00Z", "2030-06-01T02:00:00+02:00", "2050-01-01")
    ),
    *({"after_": "2020-01-01T00:00:00Z", "before_": "2020-01-01T00:00:00Z"}, {}, {"before_": None}),
    *({"after_": "2025-01-01", "before_": "2030-05-31T22:00:00Z"}, {"after_": 1900000000}),
    *({"after_": "<t1.start_time>"}, {"before_": "<t1.start_time>"}, {"after_": "<t9.end_time>"}),
    *({"after_": "<t1.start_time>", "before_": "<t1.start_time>"}, {"before_": "<t9.end_time>"}),
    *({"before_": "<t5.expected_start_time>"}, {"after_": "<t5.expected_start_time>"}),
    {"after_": "<t15.expected_start_time>", "before_": "2029-06-01"},
)
_TIMES_OR_NONE: Criteria = (
    *_TIMES,
    *({"is_null_": flag} for flag in (True, False, None)),
    {"is_null_": True, "before_": "2050-01-01"},
    {"is_null_": False, "before_": "2050-01-01"},
)
_EXISTS: Criteria = ({"exists_": True}, {"exists_": False}, {"exists_": None}, {})
_FLOW_RUN_ID: Criteria = (
    *(
        {},
        {"is_null_": True},
        {"is_null_": False},
        {"is_null_": None},
        {"any_": None},
        {"any_": []},
    ),
    *(
        {"any_": ["<r1.id>"]},
        {"any_": ["<r1.id>", "<r3.id>", NOBODY]},
        {"any_": ["<r1.id>", "<r1.id>"]},
    ),
    *({"any_": ["<r1.id>"], "is_null_": flag} for flag in (True, False, None)),
    *({"any_": ["<r1.id>"], "is_null_": True, "operator": op} for op in ("or_", "and_")),
    *({"any_": [], "is_null_": True}, {"any_": None, "is_null_": None}, {"operator": "or_"}),
)
_IDS: Criteria = (
    *({}, {"any_": None}, {"any_": []}, {"any_": [T(1)]}, {"any_": [T(2), T(1), T(2), NOBODY]}),
    {"any_": [T(n) for n in range(300)]},
)


def _linked(*ids: str) -> Criteria:
    """Of a field that names another row, and may be null."""
    return (
        *(
            {},
            {"any_": None},
            {"any_": []},
            {"is_null_": True},
            {"is_null_": False},
            {"is_null_": None},
        ),
        *({"any_": [value]} for value in ids),
        *({"any_": [value], "is_null_": True, "operator": "or_"} for value in ids),
        *({"any_": [value], "is_null_": True} for value in ids),
        {"operator": "or_"},
    )


def _not_any(*values: str) -> Criteria:
    return (
        *({}, {"any_": None}, {"any_": []}, {"not_any_": []}, {"not_any_": None}),
        *({"any_": [value]} for value in values),
        *({"not_any_": [value]} for value in values),
        *({"any_": [value], "not_any_": [value]} for value in values),
        *({"any_": list(values), "not_any_": [value]} for value in values),
    )


def _state_names(kinds: tuple[str, ...], names: tuple[str, ...]) -> Criteria:
    return (
        *({"type": inner} for inner in _not_any(*kinds)),
        *({"name": inner} for inner in _not_any(*names)),
        *(
            {"type": {"any_": [kinds[0]]}, "name": {"any_": [names[0]]}, "operator": op}
            for op in ("and_", "or_")
        ),
        *(
            {"type": {"any_": [kinds[0]]}, "name": {}, "operator": "or_"},
            {},
            {"type": {}, "name": {}},
        ),
    )


TASK_RUNS: dict[str, Criteria] = {
    "id": _IDS,
    "name": _NAMES,
    "tags": _TAGS,
    "state": _STATES,
    "start_time": _TIMES_OR_NONE,
    "end_time": _TIMES_OR_NONE,
    "expected_start_time": _TIMES,
    "subflow_runs": _EXISTS,
    "flow_run_id": _FLOW_RUN_ID,
}
FLOW_RUNS: dict[str, Criteria] = {
    "id": _not_any("<r1.id>", "<r3.id>", NOBODY),
    "name": (
        *({"any_": n} for n in ([], ["Run_1"], ["run_1"])),
        *({"like_": t} for t in ("RUN", "n_1", "%", "", "äö", "2%")),
    ),
    "tags": (
        *_TAGS,
        *_ANY_TAGS,
        {"any_": ["a"], "all_": ["b"]},
        {"any_": ["a"], "is_null_": True, "operator": "or_"},
    ),
    "deployment_id": _linked(T(900), T(901)),
    "work_queue_name": _linked("q", ""),
    "parent_task_run_id": _linked(T(1), T(5)),
    "state": _state_names(("RUNNING", "PENDING"), ("Running", "Odd")),
    "flow_version": (
        {},
        *({"any_": versions} for versions in ([], ["v1"], ["", "v1"], ["V1"], None)),
    ),
    "start_time": _TIMES_OR_NONE,
    "end_time": _TIMES_OR_NONE,
    "expected_start_time": _TIMES,
    "next_scheduled_start_time": _TIMES,
    "parent_flow_run_id": (
        {},
        *({"any_": ids} for ids in ([], ["<r1.id>"], ["<r6.id>"], [NOBODY], None)),
    ),
    "idempotency_key": _not_any("k2", "K2", "x"),
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
    "id": _not_any("<fa.id>", "<fb.id>"),
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
    "tags": _TAGS + tuple({"all_": tags} for tags in (["x"], ["X"], ["x", "y"])),
}
DEPLOYMENTS: dict[str, Criteria] = {
    "id": _not_any(T(900)),
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
    {"flow_runs": {"name": {"any_": ["Run_1"]}}, "flows": {"name": {"any_": ["flow b%"]}}},
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
ORDERS: Criteria = (
    *({"sort": sort} for sort in SORTS),
    *(
        {"sort": sort, "limit": limit, "offset": offset}
        for sort in SORTS
        for limit, offset in ((0, 0), (1, 0), (3, 2), (200, 14), (5, 100))
    ),
    *({"sort": sort, "flow_runs": {}, "limit": 4, "offset": 1} for sort in SORTS),
    *(
        {"sort": sort, "task_runs": {"flow_run_id": {"is_null_": True}}, "limit": 3, "offset": 1}
        for sort in SORTS
    ),
    *(
        {"sort": sort, "task_runs": {"flow_run_id": {"any_": ["<r1.id>", "<r3.id>"]}}}
        for sort in SORTS
    ),
    *(
        {
            "sort": sort,
            "task_runs": {"state": {"type": {"any_": ["COMPLETED", "SCHEDULED"]}}},
            "limit": 4,
            "offset": 1,
        }
        for sort in SORTS
    ),
    *(
        {"sort": sort, "task_runs": {"id": {"any_": [T(n) for n in range(3, 9)]}}, "limit": 4}
        for sort in SORTS
    ),
    *({"sort": sort, "task_runs": {"name": {"like_": "a"}}, "offset": 2} for sort in SORTS),
)
