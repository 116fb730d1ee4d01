"""Artifacts: versions of keys, filters through runs, orders."""

from collections.abc import Iterator, Mapping

from tests.conformance.programs import (
    Program,
    RequestStep,
    apart,
    bare,
    delete,
    get,
    patch,
    post,
    program,
    send,
    some_id,
)
from tests.conformance.tables.runs.flow_runs import FLOW, flow_run

ARTIFACTS = "/artifacts"
LONG = "b" * 600

FIELDS: dict[str, tuple[object, ...]] = {
    "key": ("a", "", "a-1", "a\n", "A", "a_b", "é", None, 1, "a" * 300),
    "type": ("markdown", "", None, 1, "x" * 300),
    "description": ("d", "", None, 1, []),
    "data": ("x", 1, 0.5, True, None, [], {}, {"a": [None]}, "y" * 5_000, 2**53),
    "metadata_": ({}, {"a": "b"}, {"a": LONG}, {"a": 1}, None, [], "x", {"a": None}),
    "flow_run_id": (some_id(1), "x", None, 1),
    "task_run_id": (some_id(1), "x", None),
    "id": (some_id(1),),
    "created": ("2026-01-01T00:00:00Z",),
}
CRITERIA: tuple[object, ...] = (
    *({}, None, [], "x", {"operator": "or_"}, {"x": 1}, {"id": {"any_": []}}, {"id": {}}),
    *({"id": {"any_": ["<a1.id>", some_id(9)]}}, {"latest_id": {"any_": ["<a2.id>"]}}),
    *({"key": {"any_": ["a"]}}, {"key": {"any_": ["a", "b", "zz"]}}, {"key": {"any_": []}}),
    *({"key": {"like_": "A"}}, {"key": {"like_": ""}}, {"key": {"exists_": True}}),
    *({"key": {"exists_": False}}, {"key": {"exists_": None}}, {"key": {"x": 1}}),
    *({"type": {"any_": ["table", "zz"]}}, {"type": {"not_any_": ["table"]}}),
    *({"type": {"not_any_": []}}, {"flow_run_id": {"any_": ["<run.id>"]}}),
    *({"flow_run_id": {"any_": [some_id(7)]}}, {"task_run_id": {"any_": ["<task.id>"]}}),
    {"operator": "or_", "key": {"any_": ["a"]}, "type": {"any_": ["progress"]}},
    {"key": {"any_": ["a"]}, "type": {"any_": ["table"]}},
)
THROUGH: tuple[Mapping[str, object], ...] = (
    *({"flow_runs": {}}, {"flow_runs": {"id": {"any_": ["<run.id>"]}}}, {"flows": {}}),
    *({"flows": {"name": {"any_": ["F 1"]}}}, {"flows": {"name": {"any_": ["zz"]}}}),
    *({"task_runs": {}}, {"task_runs": {"name": {"like_": "t"}}}, {"deployments": {}}),
    *({"task_runs": {"id": {"any_": ["<task.id>"]}}}, {"flow_runs": {"id": {"any_": []}}}),
    {"task_runs": {}, "flow_runs": {}, "artifacts": {"type": {"any_": ["progress"]}}},
    {"flow_runs": 1, "task_runs": [], "flows": "x", "deployments": True, "artifacts": 0},
)
# Ids are random, so that pages in their order differ.
PAGES: tuple[object, ...] = (
    *({"limit": 0}, {"limit": 201}, {"limit": -1}, {"limit": "x"}, {"offset": 99}),
    *({"offset": 1, "limit": 1, "sort": "CREATED_DESC"}, {"limit": 2, "sort": "UPDATED_DESC"}),
    *({"offset": -1}, {"sort": "x"}, [], "x"),
    *({"sort": sort} for sort in ("CREATED_DESC", "UPDATED_DESC")),
    *({"sort": sort, "artifacts": {"key": {"any_": ["b", "c"]}}} for sort in ("KEY_ASC",)),
    {"sort": "KEY_DESC", "artifacts": {"key": {"any_": ["b", "c"]}}},
)
NO_OBJECTS: tuple[object, ...] = ([], None, "x", 5)


def artifact(**fields: object) -> RequestStep:
    return post(f"{ARTIFACTS}/", fields)


def programs() -> Iterator[Program]:
    yield program("artifacts: life", *_life())
    for field, values in FIELDS.items():
        given: list[dict[str, object]] = [{field: value} for value in values]
        steps = (step for body in given for step in (post(f"{ARTIFACTS}/", body), _latest()))
        yield program(f"artifacts: create with {field}", *steps)
        changes = (
            step
            for body in given
            for step in (patch(f"{ARTIFACTS}/<s1.id>", body), get(f"{ARTIFACTS}/<s1.id>"))
        )
        yield program(f"artifacts: change {field}", artifact(key="a"), *changes, _latest())
    for place in ("", "latest/"):
        filtered = (
            _ask(f"{place}{question}", {"sort": "CREATED_DESC", "artifacts": criteria})
            for criteria in CRITERIA
            for question in ("filter", "count")
        )
        yield program(f"artifacts: {place} criteria", *_some(), *filtered)
        through = (
            _ask(f"{place}{question}", {"sort": "CREATED_DESC", **criteria})
            for criteria in THROUGH
            for question in ("filter", "count")
        )
        yield program(f"artifacts: {place} through runs", *_some(), *through)
        pages = (_ask(f"{place}filter", page) for page in PAGES)
        empty = bare("POST", f"{ARTIFACTS}/{place}count")
        yield program(f"artifacts: {place} pages", *_some(), *pages, empty)
    graph = get("/flow_runs/<run.id>/graph-v2")
    hidden = (artifact(flow_run_id="<run.id>", type=given) for given in ("result", None))
    shown = artifact(flow_run_id="<run.id>", type="progress", data=[1], key="a")
    yield program("artifacts: graph", *_some(), *hidden, graph, shown, graph)
    yield program("artifacts: of a deleted run", *_some(), *_without_runs())
    yield from _of_results()
    yield from apart("artifacts: not an object", *_no_objects())
    methods = ("GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
    yield program("artifacts: methods", *(bare(one, f"{ARTIFACTS}/") for one in methods))
    odd = ("x", some_id(3), "x/latest", "latest", "latest/latest", "a%2Fb/latest", "filter")
    yield program("artifacts: odd paths", *(get(f"{ARTIFACTS}/{path}") for path in odd))


def _some() -> Iterator[RequestStep]:
    yield FLOW
    yield flow_run().named("run")
    fields = {"task_key": "t", "dynamic_key": "0", "name": "t", "flow_run_id": "<run.id>"}
    yield post("/task_runs/", fields).named("task")
    of_task = {"flow_run_id": "<run.id>", "task_run_id": "<task.id>"}
    yield artifact(key="a", type="markdown", data="1").named("a1")
    yield artifact(key="a", type="table", data=[{"x": 1}], **of_task).named("a2")
    yield artifact(key="b", type="table", flow_run_id="<run.id>").named("b1")
    yield artifact(type="progress", data=0.5, task_run_id="<task.id>").named("n1")
    yield artifact(key="c", flow_run_id=some_id(7)).named("c1")
    yield patch(f"{ARTIFACTS}/<b1.id>", {"data": 2})


def _life() -> Iterator[RequestStep]:
    one, two = f"{ARTIFACTS}/<one.id>", f"{ARTIFACTS}/<two.id>"
    latest = get(f"{ARTIFACTS}/k/latest")
    yield from (artifact(key="k", data=1, description="d").named("one"), latest, get(one))
    yield from (artifact(key="k", type="t").named("two"), latest, _latest(), get(one), get(two))
    yield from (patch(one, {"data": 5}), latest, patch(two, {"data": 6}), latest, get(two))
    yield from (patch(two, {}), patch(two, {"data": None, "description": "x"}), latest)
    yield from (patch(two, {"key": "z"}), patch(two, {"metadata_": {"m": LONG}}), latest)
    yield from (delete(two), latest, _latest(), delete(two), get(two), patch(two, {}))
    yield from (artifact(key="k", data=7).named("three"), delete(one), latest, _latest())
    yield from (delete(f"{ARTIFACTS}/<three.id>"), latest, _latest(), artifact(key="k"), latest)
    yield from (artifact().named("none"), delete(f"{ARTIFACTS}/<none.id>"), artifact(data={}))


def _without_runs() -> Iterator[RequestStep]:
    yield delete("/task_runs/<task.id>")
    yield delete("/flow_runs/<run.id>")
    for place in ("", "latest/"):
        yield _ask(f"{place}filter", {"sort": "CREATED_DESC"})
        yield _ask(f"{place}count", {"flow_runs": {}})


def _results_with(key: str) -> tuple[object, ...]:
    # On the reference a key keeps some fields of its artifact before, also one of other programs.
    return (
        *(1, 0, False, "", "x", [], [1], {}, None, {"type": "unpersisted"}),
        *({"artifact_key": key, "a": 1}, {"artifact_key": f"{key}!", "artifact_type": "table"}),
        *(
            {"artifact_key": "", "artifact_description": "d"},
            {"artifact_type": "result", "a": None},
        ),
        {"type": "unpersisted", "artifact_key": "k"},
    )


def _of_results() -> Iterator[Program]:
    yield program(
        "artifacts: of results of task runs", *_some(), *_results("task_runs", "<task.id>")
    )
    yield program(
        "artifacts: of results of flow runs", *_some(), *_results("flow_runs", "<run.id>")
    )
    yield program("artifacts: of a subflow run's result", *_some(), *_of_subflow_run())
    changed = ({"data": 7}, {"data": None}, {"data": {"artifact_key": "k"}}, {"description": "d"})
    yield program("artifacts: of a result, changed", *_one_result(), *_changes(changed))


def _set_state(kind: str, run_id: str, state_type: str, **data: object) -> RequestStep:
    body = {"state": {"type": state_type, **data}, "force": True}
    return post(f"/{kind}/{run_id}/set_state", body)


def _results(kind: str, run_id: str) -> Iterator[RequestStep]:
    found = _ask("filter", {"sort": "CREATED_DESC", "limit": 3})
    for data in _results_with(f"{kind}-key"):
        yield _set_state(kind, run_id, "RUNNING", data=data)
        yield from (get(f"/{kind}/{run_id}"), found, _ask("count", {}), _latest())
    yield _ask("filter", {"sort": "CREATED_DESC", "artifacts": {"type": {"any_": ["result"]}}})
    one = kind.removesuffix("s")
    yield get(f"/{one}_states/?{one}_id={run_id}")
    yield _ask("filter", {"sort": "CREATED_DESC", "artifacts": {f"{one}_id": {"any_": [run_id]}}})
    yield from (delete(f"/{kind}/{run_id}"), _ask("count", {}), found)


def _of_subflow_run() -> Iterator[RequestStep]:
    yield flow_run(parent_task_run_id="<task.id>").named("sub")
    yield _set_state("flow_runs", "<sub.id>", "COMPLETED", data={"artifact_key": "subflow", "r": 1})
    yield from (get("/task_runs/<task.id>"), _ask("filter", {"sort": "CREATED_DESC"}), _latest())


def _one_result() -> Iterator[RequestStep]:
    yield from _some()
    yield _set_state("task_runs", "<task.id>", "RUNNING", data={"artifact_key": "changed", "r": 1})
    yield _set_state("task_runs", "<task.id>", "COMPLETED", data={"a": 1})
    yield get(f"{ARTIFACTS}/changed/latest")
    yield _ask("latest/filter", {"artifacts": {"key": {"any_": ["changed"]}}}).named("keyed")
    of_task_run = {"task_run_id": {"any_": ["<task.id>"]}, "key": {"exists_": False}}
    yield _ask("filter", {"artifacts": of_task_run, "sort": "CREATED_DESC"}).named("plain")


def _changes(changed: tuple[object, ...]) -> Iterator[RequestStep]:
    states = get("/task_run_states/?task_run_id=<task.id>")
    for one in ("<keyed.0.latest_id>", "<plain.0.id>"):
        for change in changed:
            yield from (patch(f"{ARTIFACTS}/{one}", change), get(f"{ARTIFACTS}/{one}"))
            yield from (get("/task_runs/<task.id>"), states)
        yield from (delete(f"{ARTIFACTS}/{one}"), states, get("/task_runs/<task.id>"))
    yield _set_state("task_runs", "<task.id>", "RUNNING")


def _no_objects() -> Iterator[RequestStep]:
    for body in NO_OBJECTS:
        yield post(f"{ARTIFACTS}/", body)
        yield send("PATCH", f"{ARTIFACTS}/{some_id(2)}", body)
    yield bare("POST", f"{ARTIFACTS}/")


def _ask(path: str, body: object) -> RequestStep:
    return post(f"{ARTIFACTS}/{path}", body)


def _latest() -> RequestStep:
    return _ask("latest/filter", {"sort": "KEY_ASC"})
