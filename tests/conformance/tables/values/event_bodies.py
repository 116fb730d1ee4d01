"""POST /events and /events/filter: bodies that are as they should be, and that are not."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from tests.conformance.programs import Program, post, program, raw
from tests.reporting.building import JSON, body


def programs() -> Iterator[Program]:
    for number, sent in enumerate(FILTERS):
        yield program(f"event filter {number}", post("/events/filter", sent), reports=True)
    for number, sent in enumerate(BODIES):
        yield program(f"event body {number}", post("/events", sent), reports=True)
    yield program("event body of no JSON", raw("POST", "/events", b"[{"), reports=True)


FILTERED: dict[str, list[Any]] = {
    "occurred": [None, {"since": "x"}, {"since": None}, "x"],
    "event": ["x", {"name": "x"}, {"x": 1}, {"prefix": [1]}],
    "id": [{"id": ["x"]}, {"id": "x"}, {"x": 1}],
    "text": [{}, {"query": "x" * 201}, {"query": 1}],
    "resource": [{"labels": {"a": 3}}, {"x": 1}],
    "order": ["X"],
    "x": [1],
}
LIMITS: list[Any] = [-1, 51, "x", []]
FILTERS: tuple[object, ...] = (
    *({"limit": limit} for limit in LIMITS),
    *({"filter": {name: value}} for name, values in FILTERED.items() for value in values),
    *({"filter": "x"}, {"filter": []}, [], "x"),
)
GOOD: JSON = body(run_id=UUID(int=0xE0E0)) | {"event": "something.else"}
RELATED = {"prefect.resource.id": "x", "prefect.resource.role": "r"}
FIELDS: dict[str, list[Any]] = {
    "id": ["x", 3, None],
    "occurred": ["x", 5, None, "2026-11-22 15:42:01"],
    "event": [3, None, "", "x" * 1024, "x" * 1025],
    "follows": ["x", GOOD["id"]],
    "payload": [None, [], "x", {"x": [1]}],
    "resource": [
        *({}, [], None, {"a": "b"}, {"prefect.resource.id": ""}),
        {"prefect.resource.id": "a", "n": 3},
        {"prefect.resource.id": "a", **{str(number): "" for number in range(500)}},
    ],
    "related": [
        *(None, {}, [{}], [{"prefect.resource.id": "a"}], [RELATED] * 100, [RELATED] * 101),
        [{"prefect.resource.id": "a", "prefect.resource.role": ""}],
        [RELATED, RELATED | {"n": None}],
    ],
    "unknown": [1],
}
BODIES: tuple[object, ...] = (
    *([], [GOOD], GOOD, None, "x", [3, "x", None, []], {}),
    *([{name: value for name, value in GOOD.items() if name != left_out}] for left_out in GOOD),
    *([GOOD | {name: value}] for name, values in FIELDS.items() for value in values),
)
