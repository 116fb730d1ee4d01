"""Saved searches: created or replaced, listed, deleted."""

from collections.abc import Iterator

from tests.conformance.programs import Program, RequestStep, bare, delete, get, post, program, send
from tests.conformance.tables.values import samples

SEARCHES = "/saved_searches"
CONDITION = {"object": "o", "property": "p", "type": "t", "operation": "=", "value": [1]}
FILTERS: tuple[object, ...] = (
    *([], [CONDITION], [CONDITION | {"value": None, "x": 1}], None, {}, "x", [1], [{}]),
    *([CONDITION | {field: 1}] for field in CONDITION),
)
BODIES: tuple[object, ...] = ([], None, "x", {}, {"x": 1})
PAGES: tuple[object, ...] = (
    *({}, {"limit": 1}, {"limit": 0}, {"limit": 201}, {"limit": -1, "offset": -1}, {"offset": 2}),
    *({"limit": "x"}, {"limit": None}, {"sort": "x"}, [], "x"),
)


def saved(name: object, **fields: object) -> RequestStep:
    return send("PUT", f"{SEARCHES}/", {"name": name} | fields)


def programs() -> Iterator[Program]:
    listed = post(f"{SEARCHES}/filter", {})
    yield program(
        "saved searches: life",
        *(saved("b", filters=[CONDITION]), get(f"{SEARCHES}/<s1.id>"), saved("b"), listed),
        *(get(f"{SEARCHES}/<s1.id>"), saved("a"), saved("C"), saved("é"), saved(""), listed),
        *(post(f"{SEARCHES}/filter", page) for page in PAGES),
        *(delete(f"{SEARCHES}/<s1.id>"), delete(f"{SEARCHES}/<s1.id>"), listed),
        *(get(f"{SEARCHES}/<s1.id>"), get(f"{SEARCHES}/x"), saved("b"), bare("POST", SEARCHES)),
        *(send("PUT", f"{SEARCHES}/", body) for body in BODIES),
    )
    yield program("saved searches: names", *(saved(name) for name in samples.TEXTS), listed)
    yield program("saved searches: filters", *(saved("a", filters=given) for given in FILTERS))
    methods = ("GET", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS")
    yield program("saved searches: methods", *(bare(one, f"{SEARCHES}/") for one in methods))
