"""Values for each kind of criterion, taken from the data of `filters.py`."""

from collections.abc import Mapping

from tests.conformance.programs import NOBODY, some_id

T = some_id
Criteria = tuple[Mapping[str, object], ...]

NAMES: Criteria = (
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
TAGS: Criteria = (
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
ANY_TAGS: Criteria = tuple(
    {"any_": tags} for tags in ([], ["a"], ["A", "b"], ["x"], ["x", "X"], ['q"q'], None)
)
STATES: Criteria = (
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
TIMES: Criteria = (
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
TIMES_OR_NONE: Criteria = (
    *TIMES,
    *({"is_null_": flag} for flag in (True, False, None)),
    {"is_null_": True, "before_": "2050-01-01"},
    {"is_null_": False, "before_": "2050-01-01"},
)
EXISTS: Criteria = ({"exists_": True}, {"exists_": False}, {"exists_": None}, {})
FLOW_RUN_ID: Criteria = (
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
IDS: Criteria = (
    *({}, {"any_": None}, {"any_": []}, {"any_": [T(1)]}, {"any_": [T(2), T(1), T(2), NOBODY]}),
    {"any_": [T(n) for n in range(300)]},
)


def linked(*ids: str) -> Criteria:
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


def not_any(*values: str) -> Criteria:
    return (
        *({}, {"any_": None}, {"any_": []}, {"not_any_": []}, {"not_any_": None}),
        *({"any_": [value]} for value in values),
        *({"not_any_": [value]} for value in values),
        *({"any_": [value], "not_any_": [value]} for value in values),
        *({"any_": list(values), "not_any_": [value]} for value in values),
    )


def state_names(kinds: tuple[str, ...], names: tuple[str, ...]) -> Criteria:
    return (
        *({"type": inner} for inner in not_any(*kinds)),
        *({"name": inner} for inner in not_any(*names)),
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
