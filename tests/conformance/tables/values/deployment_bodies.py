"""Bodies of requests about deployments."""

from collections.abc import Mapping

from tests.conformance.programs import some_id
from tests.conformance.tables.values.samples import BOOLS, IDS, LABEL_VALUES, TAGS, TEXTS

Fields = Mapping[str, object]
Values = tuple[object, ...]


def each(field: str, values: Values, **beside: object) -> tuple[Fields, ...]:
    """Objects that differ in one field."""
    return tuple({**beside, field: value} for value in values)


OBJECTS: Values = ({}, {"a": [1.0, None, {"b": "é"}]}, None, [], "x", 5, {"": ""})
INTERVAL: Fields = {"interval": 60}
SCHEMA: Fields = {
    "title": "Parameters",
    "type": "object",
    "properties": {
        "p": {"title": "p", "type": "integer", "position": 0},
        "s": {"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^a"},
        "n": {"type": "number", "minimum": 1, "exclusiveMaximum": 5, "default": 2},
        "e": {"enum": [1, "a", None]},
        "c": {"const": "x"},
        "o": {"$ref": "#/definitions/O"},
        "u": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "w": {"oneOf": [{"type": "integer"}, {"minimum": 3}]},
        "v": {"allOf": [{"type": "integer"}, {"maximum": 3}]},
        "l": {"type": "array", "items": {"type": "number"}, "maxItems": 3, "uniqueItems": True},
        "t": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "boolean"}]},
        "d": {"type": "object", "additionalProperties": {"type": "boolean"}},
        "x": {
            "type": "object",
            "properties": {"k": {"type": "string"}},
            "additionalProperties": False,
        },
    },
    "required": ["p"],
    "definitions": {
        "O": {
            "type": "object",
            "properties": {"z": {"type": "integer"}, "y": {"type": "string"}},
            "required": ["z"],
        }
    },
}
FIELDS: dict[str, Values] = {
    **dict.fromkeys(("version", "description", "path", "entrypoint"), TEXTS[:13]),
    "paused": BOOLS,
    "enforce_parameter_schema": BOOLS,
    "tags": TAGS,
    "parameters": (*OBJECTS, {"a": "x" * 524_288}),
    "job_variables": OBJECTS,
    "labels": (
        *(*OBJECTS[2:6], {"a": 1, "prefect.flow.id": "x"}),
        *each("l", LABEL_VALUES),
    ),
    "pull_steps": ([], [{}], [{"a": 1}], [1], None, {}, "x"),
    "parameter_openapi_schema": (*OBJECTS, {"type": "object"}, {"properties": None}),
    "concurrency_limit": (0, -1, "x", 1.5, None),
    "concurrency_options": (
        *(None, {}, [], "ENQUEUE", {"collision_strategy": "CANCEL_NEW", "more": 1}),
        *each("collision_strategy", ("ENQUEUE", "enqueue", None)),
        *each(
            "grace_period_seconds",
            (None, 59, 60, 86400, 86401, "60", 60.5),
            collision_strategy="ENQUEUE",
        ),
    ),
    "global_concurrency_limit_id": (some_id(1), None, "x"),
    "work_pool_name": ("nope", "", None, 5),
    "work_queue_name": ("", None, 5),
    "storage_document_id": (some_id(1), None, "x"),
    "infrastructure_document_id": (some_id(1), None, "x"),
    "version_info": (None, {}, [], {"type": "t", "version": "v", "x": 1}, {"type": "t"}),
    "schedules": ([], None, {}, "x", [None], [{}], [1]),
    **dict.fromkeys(("id", "created", "updated", "status", "nope", "created_by"), ("x",)),
    **dict.fromkeys(("worker_pool_name", "work_pool_queue_name"), ("x", None)),
}
BODIES: Values = (
    *({}, {"name": "D"}, {"flow_id": "<flow.id>"}, {"name": None, "flow_id": None}),
    *each("name", (5, True, [], {}), flow_id="<flow.id>"),
    *each("flow_id", IDS, name="D"),
)
TOGETHER: tuple[Fields, ...] = (
    {"concurrency_limit": 1, "global_concurrency_limit_id": some_id(1)},
    {"concurrency_limit": 0, "global_concurrency_limit_id": some_id(1)},
    {"work_pool_name": "nope", "global_concurrency_limit_id": some_id(1)},
    {"infrastructure_document_id": some_id(1), "storage_document_id": some_id(1)},
    *each(
        "parameters",
        ({}, {"p": "x"}, {"p": None}, {"o": {}}, {"x": {"k": 1}}, None, "x"),
        enforce_parameter_schema=True,
        parameter_openapi_schema=SCHEMA,
    ),
    {"enforce_parameter_schema": True, "parameters": {"p": 1}},
    {"enforce_parameter_schema": True, "parameter_openapi_schema": None, "parameters": {"p": 1}},
    {"schedules": [{"schedule": INTERVAL, "slug": "a"}, {"schedule": INTERVAL, "slug": "a"}]},
    {"schedules": [{"schedule": INTERVAL, "slug": "a"}, {"schedule": {"cron": "* * * * *"}}]},
)
TIMINGS: Values = (
    *each("interval", (60, 0.5, "PT1H", 0, -1, "x", None, 86400, [])),
    *each("anchor_date", ("2030-01-02T03:04:05+02:00", "x", None), interval=60),
    *each("timezone", ("Europe/Rome", "UTC", "", None, 5), interval=60),
    *each("cron", ("0 0 * * *", "@daily", None, 5, "x", "* * * *", "60 * * * *", "R * * * *")),
    *each("timezone", ("Nowhere/X", "europe/rome"), interval=60),
    *each("rrule", ("x", "FREQ=DAILY", "FREQ=DAILY;BYDAY=XX", "FREQ=WEEKLY;COUNT=2")),
    *each("timezone", ("America/New_York", "", None, 5), cron="0 0 * * *"),
    *each("day_or", (False, "no", None), cron="0 0 * * *"),
    *each("timezone", ("UTC", None), rrule="DTSTART:20240101T000000\nFREQ=DAILY"),
    *({}, None, 5, "x", [], {"interval": 60, "cron": "0 0 * * *"}, {"interval": 60, "x": 1}),
)
SCHEDULES: tuple[Fields, ...] = (
    *each("schedule", TIMINGS),
    *each("active", (True, False, None, "x"), schedule=INTERVAL),
    *each("max_scheduled_runs", (1, 50, 51, 0, None, "x"), schedule=INTERVAL),
    *each("parameters", OBJECTS, schedule=INTERVAL),
    *each("slug", ("a", "", None, 5), schedule=INTERVAL),
    {"schedule": INTERVAL, "slug": "a", "replaces": "b"},
    {"schedule": INTERVAL, "nope": 1},
)
CHANGES: Values = (
    *({}, {"name": "x"}, {"flow_id": some_id(1)}, {"labels": {}}, {"nope": 1}),
    *({name: None} for name in FIELDS if name not in {"labels", "work_pool_name"}),
    *each("paused", (True, False, "x")),
    *each("tags", ([], ["b"], "x")),
    *({name: "new"} for name in ("version", "description", "path", "entrypoint")),
    *each("job_variables", ({}, {"k": 2}, [])),
    *({"parameters": {"p": value}} for value in (2, "x", None, 1.5)),
    *each("parameters", ({}, [], {"s": "abc"}, {"o": {}})),
    {"parameters": {"p": "x"}, "enforce_parameter_schema": False},
    {"parameter_openapi_schema": {}},
    {"parameter_openapi_schema": {"properties": {"p": {"type": "string"}}, "required": ["p"]}},
    {"parameters": {"p": {"__prefect_kind": "json", "value": "{"}}},
    {"parameters": {"p": {"__prefect_kind": "json", "value": "5"}}},
    {"storage_document_id": some_id(1)},
    {"global_concurrency_limit_id": some_id(1)},
    {"concurrency_limit": 1, "global_concurrency_limit_id": some_id(1)},
    {"worker_pool_name": "x"},
    {"work_queue_name": ""},
)


def _schedule(slug: str | None, **fields: object) -> Fields:
    return {"schedule": INTERVAL, "slug": slug, **fields}


# Schedules changed at once share a time there, and stand in any order: one is changed here.
A, B = _schedule("a"), _schedule("b", parameters={"z": 1})
SCHEDULE_CHANGES: tuple[tuple[list[Fields], object], ...] = (
    ([], [_schedule(None), _schedule(None, active=False)]),
    ([], [A, A]),
    ([_schedule(None)], []),
    ([_schedule(None)], [{"active": False}]),
    ([_schedule(None), A], [_schedule("q", active=None)]),
    ([A], []),
    ([A], [_schedule(None)]),
    ([A, B], [{"slug": "b", "active": False}]),
    ([A, B], [{"slug": "b", "schedule": {"cron": "0 0 * * *"}}]),
    ([A], [B]),
    ([A], [B, _schedule("c")]),
    ([A], [{"slug": "b"}]),
    ([A], [{"slug": "b", "replaces": "a"}]),
    ([A, B], [{"slug": "b", "replaces": "a"}]),
    ([A], [{"slug": "x", "replaces": "a"}, {"slug": "y", "replaces": "a"}]),
    ([A], [_schedule("b", replaces="x")]),
    ([A], [{"slug": "b", "replaces": "x"}]),
)
# The reference makes a set of tags, in any order: one is compared here.
RUNS: Values = (
    *each("tags", ([], ["a"], ["a", "a"], [1], [None], None, "a", {})),
    *({}, [], "x", None, {"nope": 1}, {"flow_id": some_id(1)}, {"id": some_id(1)}),
    *each("name", ("FR 1", "", None, 5)),
    *each("parameters", ({"p": 2}, {"s": "abc"}, {}, None, [])),
    *each("enforce_parameter_schema", (True, False, None, "x")),
    {"enforce_parameter_schema": False, "parameters": {"p": "x"}},
    *each("context", ({"a": 1}, None, [])),
    *each("job_variables", ({"a": 1}, {}, None, [])),
    *each("labels", ({"own": 2}, {}, None, [], {"a": []})),
    *each("idempotency_key", ("k", None, 5)),
    *each("empirical_policy", ({"retries": 2}, {"retry_delay": 1}, {})),
    *({"state": {"type": kind}} for kind in ("SCHEDULED", "PENDING", "RUNNING", "PAUSED", "x")),
    {"state": None},
    {"state": {"type": "SCHEDULED", "state_details": {"scheduled_time": "2030-01-02T03:04:05Z"}}},
    {"state": {"type": "SCHEDULED", "name": "Late", "message": "m"}},
    {"parent_task_run_id": some_id(1)},
    {"infrastructure_document_id": some_id(1)},
    *each("work_queue_name", ("q", "", None)),
)
PARAMETERS: Values = (
    *each("p", (1, 1.0, 1.5, True, "x", None)),
    *each("s", ("ab", "a", "abcde", "bc", None, 5), p=1),
    *each("n", (1, 0.5, 5, 4.99, None, "x"), p=1),
    *each("e", (1, "a", None, 2, True), p=1),
    *each("c", ("x", "y"), p=1),
    *each("o", ({"z": 1}, {}, {"z": "x"}, {"z": None}, None, {"z": 1, "y": 5}), p=1),
    *each("u", (1, None, "x", 1.5), p=1),
    *each("w", (1, 3, "x", 2.5), p=1),
    *each("v", (1, 4, "x"), p=1),
    *each("l", ([], [1, 2.5], [1, "b"], [1, 1], [1, 2, 3, 4], "x", None), p=1),
    *each("t", (["a", True], ["a"], [1, True], ["a", 1, 5]), p=1),
    *each("d", ({}, {"a": True}, {"a": 1, "b c": 2}), p=1),
    *each("x", ({}, {"k": "a"}, {"k": 1}, {"k": None}, {"q": 1}, {"q": 1, "r": 2}), p=1),
    *({}, {"s": 5}, {"p": "x", "s": 5}, {"p": 1, "more": 4}),
)
# As old clients spell a tuple; no valid schema any more.
TUPLE: Fields = {
    "properties": {"i": {"type": "array", "items": [{"type": "string"}, {"type": "integer"}]}}
}
TUPLES: Values = ({"i": ["a", 1]}, {"i": [1, "a"]}, {"i": None}, {})
PLACEHOLDERS: Values = (
    *each("value", ("[1, 2]", "{", '"x"', 5, None), __prefect_kind="json"),
    *each("__prefect_kind", ("json", "none", "jinja", "workspace_variable", "x", None)),
    {"__prefect_kind": "none", "value": {"b": [{"__prefect_kind": "json"}, 1]}},
    {"__prefect_kind": "x", "value": "as it is"},
    {"__prefect_kind": "json", "value": {"__prefect_kind": "none", "value": "[1]"}},
    {"__prefect_kind": "workspace_variable", "variable_name": "v"},
    {"__prefect_kind": "jinja", "template": "as it is"},
    [{"__prefect_kind": "json"}, {"__prefect_kind": "json", "value": "1"}],
)

ITS: dict[str, object] = {"deployment_ids": ["<deployment.id>"]}
OWNERS: tuple[object, ...] = ([], None, "x", ["x"], [some_id(1)], {}, ["<deployment.id>"] * 2)
DUE: tuple[object, ...] = (
    *(ITS, ITS | {"scheduled_before": "2030-01-01"}, ITS | {"scheduled_before": None}),
    ITS | {"scheduled_before": "2026-01-01T00:00:00+01:00"},
    *(ITS | {"limit": limit} for limit in (0, 1, 2, 200, 201, -1, None, "x")),
    *({"deployment_ids": ids} for ids in OWNERS),
    *(ITS | {"x": 1}, {}, None, [], 5),
)
