"""Inputs of flow runs: POST, GET and DELETE of /flow_runs/{id}/input, and its filter."""

from collections.abc import Iterator

from tests.conformance.programs import (
    Program,
    RequestStep,
    bare,
    delete,
    get,
    post,
    program,
    some_id,
)
from tests.conformance.tables.runs.flow_runs import FLOW, flow_run

INPUT = "/flow_runs/<run.id>/input"
RUN = flow_run().named("run")
NOBODY = f"/flow_runs/{some_id(1)}/input"
KEYS = ("b-1", "b-2", "a", "", "-", "bc", "0", "a-b-c-1")
ODD_KEYS = ("A", "a b", "a_b", ".", "é", "a/b", " ", "a.b")
VALUES: tuple[object, ...] = ("", "v", "é \u0000 \n", "x" * 70_000, 5, None, {"a": 1}, [], True)
PREFIXES = ("", "b", "b-", "B-", "_-", "%", "%1", "b%1", "_", "zz", "a-b", "-", "é", "b_", "__", 5)
LIMITS = (0, 1, 2, -1, -5, 100, None, "2", "x", 1.5, True, 2**70)
EXCLUDED: tuple[object, ...] = ([], ["b-1"], ["B-1", "a", ""], list(KEYS), None, "b-1", [5], {})
BODIES: tuple[object, ...] = ({}, [], 5, "x", None, {"key": "k"}, {"value": "v"})


def programs() -> Iterator[Program]:
    yield program("inputs: keys", FLOW, RUN, *map(_given, KEYS), *map(_read, KEYS), *_listed())
    for number, key in enumerate(ODD_KEYS):
        yield program(f"inputs: odd key {number}", FLOW, RUN, _given(key), *_listed(), _read(key))
    for number, value in enumerate(VALUES):
        sent = post(INPUT, {"key": "k", "value": value, "sender": f"someone {number}"})
        yield program(f"inputs: value {number}", FLOW, RUN, sent, _read("k"), *_listed())
    for number, body in enumerate((*BODIES, {"key": 5, "value": "v", "sender": 5})):
        yield program(f"inputs: body {number}", FLOW, RUN, post(INPUT, body), *_listed())
    yield _lives()
    yield from _found()
    yield program("inputs: of nobody", *_asked_of(NOBODY), *_asked_of("/flow_runs/abc/input"))
    yield program(
        "inputs: other methods",
        *(FLOW, RUN),
        *(bare(method, INPUT) for method in ("GET", "PUT", "PATCH", "DELETE")),
        *(bare(method, f"{INPUT}/k") for method in ("POST", "PUT", "PATCH")),
        *(bare(method, f"{INPUT}/filter") for method in ("PUT", "PATCH")),
        *(get(f"{INPUT}/filter"), delete(f"{INPUT}/filter")),
    )


def _lives() -> Program:
    return program(
        "inputs: from first to last",
        *(
            FLOW,
            RUN,
            _given("k"),
            _given("k"),
            _given("l"),
            post(INPUT, {"key": "m", "value": "v", "x": 1}),
        ),
        *(
            delete(f"{INPUT}/k"),
            delete(f"{INPUT}/k"),
            _read("k"),
            *_listed(),
            _given("k"),
            *_listed(),
        ),
        flow_run(name="FR 2").named("other"),
        post("/flow_runs/<other.id>/input", {"key": "k", "value": "v"}),
        delete("/flow_runs/<run.id>"),
        *(_read("k"), *_listed(), _given("k")),
        get("/flow_runs/<other.id>/input/k"),
    )


def _found() -> Iterator[Program]:
    asked: dict[str, Iterator[dict[str, object]]] = {
        "prefix": ({"prefix": prefix, "limit": 20} for prefix in PREFIXES),
        "limit": ({"prefix": "", "limit": limit} for limit in LIMITS),
        "excluded": ({"prefix": "", "limit": 3, "exclude_keys": keys} for keys in EXCLUDED),
    }
    for name, bodies in asked.items():
        yield _filtered(name, *bodies)
    yield _filtered("bodies", *BODIES, {"prefix": "b", "x": 1}, {"prefix": None})


def _filtered(name: str, *bodies: object) -> Program:
    filters = (post(f"{INPUT}/filter", body) for body in bodies)
    return program(f"inputs: filter by {name}", FLOW, RUN, *map(_given, KEYS), *filters)


def _given(key: str) -> RequestStep:
    return post(INPUT, {"key": key, "value": f"value of {key}"})


def _read(key: str) -> RequestStep:
    return get(f"{INPUT}/{key}")


def _listed() -> tuple[RequestStep, ...]:
    return (post(f"{INPUT}/filter", {"prefix": "", "limit": -1}),)


def _asked_of(path: str) -> Iterator[RequestStep]:
    yield post(path, {"key": "k", "value": "v"})
    yield post(path, {"key": "K", "value": "v"})
    yield post(f"{path}/filter", {"prefix": ""})
    yield get(f"{path}/k")
    yield delete(f"{path}/k")
