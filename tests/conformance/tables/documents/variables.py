"""Variables: their rules, filters and orders, and parameters that name them."""

from collections.abc import Iterator

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
from tests.conformance.tables.runs.flow_runs import FLOW
from tests.conformance.tables.values import samples

VARIABLES = "/variables"
BY_NAME = f"{VARIABLES}/name"

VALUES: tuple[object, ...] = (
    *("x", "", 1, -1, 0, 1.5, 1e300, True, False, None, {}, [], {"a": [1, {"b": None}]}),
    *("y" * 4_998, "y" * 4_999, "é" * 2_499, "é" * 2_500, ["a" * 4_996], ["a" * 4_997]),
    *(2**63 - 1, -(2**63), -(2**63) - 1, 2**64, [{"a": 2**70}], "\u0000", "\n", '"\\'),
)
NAMES: tuple[object, ...] = (
    *("a", "a-b_c", "0", "-", "_", "", "a\n", "a\n\n", "\n", "A", "a b", "é", "a.b", "a/b", "a%b"),
    *("a" * 255, "a" * 256, "A" * 256, "日本語", *samples.TEXTS),
)
FIELDS: dict[str, tuple[object, ...]] = {
    "name": NAMES,
    "value": VALUES,
    "tags": ([], ["t"], ["t", "t"], [1], "t", None, {}, [None], ["日本語", ""]),
    "id": (some_id(1),),
}
CRITERIA: tuple[object, ...] = (
    *({}, None, [], "x", {"id": None}, {"operator": "or_"}, {"operator": "xor_"}, {"nam": {}}),
    *({"id": {"any_": ["<a.id>", some_id(9)]}}, {"id": {"any_": []}}, {"id": {"any_": ["x"]}}),
    *({"id": {"not_any_": ["<a.id>"]}}, {"name": {"any_": ["a-1", "zz"]}}, {"name": {"any_": []}}),
    *({"name": {"like_": "B"}}, {"name": {"like_": "_1"}}, {"name": {"like_": "a%1"}}),
    *({"name": {"like_": ""}}, {"name": {"any_": ["b_1"], "like_": "zz"}}, {"name": {"a": 1}}),
    *({"tags": {"all_": ["x"]}}, {"tags": {"all_": ["x", "y"]}}, {"tags": {"all_": []}}),
    *({"tags": {"is_null_": True}}, {"tags": {"is_null_": False}}, {"tags": {"any_": ["x"]}}),
    {"tags": {"operator": "or_", "all_": ["y"], "is_null_": True}},
    {"operator": "or_", "name": {"any_": ["a-1"]}, "tags": {"all_": ["y"]}},
    {"name": {"any_": ["c"]}, "tags": {"all_": ["y"]}},
)
PAGES: tuple[object, ...] = (
    *({}, {"limit": 0}, {"limit": 1}, {"limit": 200}, {"limit": 201}, {"limit": -1}),
    *({"limit": "1"}, {"limit": "x"}, {"limit": None, "offset": None, "sort": None}),
    *({"offset": 1}, {"offset": 2, "limit": 1}, {"offset": 99}, {"offset": -1}, {"offset": "x"}),
    *({"sort": sort} for sort in ("NAME_ASC", "NAME_DESC", "CREATED_DESC", "UPDATED_DESC")),
    *({"sort": "CREATED_ASC"}, {"sort": 1}, {"unknown": 1}, [], "x", 5),
    {"limit": -1, "offset": -1, "sort": "x", "variables": {"x": 1}},
)
NO_OBJECTS: tuple[object, ...] = ([], None, "x", 5, True, [1])
REFERENCES: tuple[object, ...] = (
    *("a-1", "zz", "", 1, 1.5, None, True, {"__prefect_kind": "json", "value": '"a-1"'}),
    {"__prefect_kind": "jinja", "template": "a-{{ 1 }}"},
    {"__prefect_kind": "workspace_variable", "variable_name": "name"},
    {"__prefect_kind": "workspace_variable"},
)


def variable(name: str = "a-1", value: object = 1, **fields: object) -> RequestStep:
    return post(f"{VARIABLES}/", {"name": name, "value": value} | fields)


SOME = (
    variable("b_1", tags=["x"]),
    variable("a-1", {"b": 1}).named("a"),
    variable("c", "a-1", tags=["x", "y"]),
    variable("name", "a-1"),
)


def programs() -> Iterator[Program]:
    yield program("variables: life", *_life())
    yield from apart("variables: not an object", *_no_objects())
    for field, values in FIELDS.items():
        given = [{"name": "n", "value": 1} | {field: value} for value in values]
        yield program(
            f"variables: create with {field}",
            *(step for body in given for step in (post(f"{VARIABLES}/", body), _listed())),
        )
        yield program(
            f"variables: change {field}",
            *(variable(), variable("n")),
            *(
                step
                for value in values
                for step in (patch(f"{VARIABLES}/<s1.id>", {field: value}), _listed())
            ),
        )
    filtered = (_ask(path, {"variables": one}) for one in CRITERIA for path in ("filter", "count"))
    yield program("variables: criteria", *SOME, *filtered)
    pages = (_ask(path, page) for page in PAGES for path in ("filter", "count"))
    changed = patch(f"{BY_NAME}/b_1", {"value": 2})
    empty = (bare("POST", f"{VARIABLES}/{path}") for path in ("filter", "count"))
    yield program("variables: pages", *SOME, changed, *pages, *empty)
    yield program("variables: in parameters", *_in_parameters())
    methods = ("GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
    yield program("variables: methods", *(bare(method, f"{VARIABLES}/") for method in methods))
    odd = ("x", some_id(3), "name", "name/", "name/zz", "name/a%2Fb", "name/%00", "name/a/b")
    yield program("variables: odd paths", *(get(f"{VARIABLES}/{path}") for path in odd))


def _life() -> Iterator[RequestStep]:
    yield variable(tags=["t"])
    yield from (get(f"{VARIABLES}/<s1.id>"), get(f"{BY_NAME}/a-1"), variable(), _listed())
    for path in (f"{VARIABLES}/<s1.id>", f"{BY_NAME}/a-1", f"{BY_NAME}/zz"):
        yield from (patch(path, {}), patch(path, {"value": [2]}), get(path), patch(path, {"x": 1}))
    yield from (variable("b"), patch(f"{BY_NAME}/b", {"name": "a-1"}), get(f"{BY_NAME}/b"))
    yield from (patch(f"{BY_NAME}/b", {"name": "b"}), patch(f"{BY_NAME}/b", {"name": "c"}))
    yield from (get(f"{BY_NAME}/b"), get(f"{BY_NAME}/c"), variable("b"), _listed())
    for path in (f"{VARIABLES}/<s1.id>", f"{BY_NAME}/b", f"{BY_NAME}/c"):
        yield from (delete(path), delete(path), get(path), _listed())
    yield variable()


def _no_objects() -> Iterator[RequestStep]:
    for body in NO_OBJECTS:
        yield post(f"{VARIABLES}/", body)
        yield send("PATCH", f"{VARIABLES}/{some_id(2)}", body)
    yield bare("POST", f"{VARIABLES}/")


def _in_parameters() -> Iterator[RequestStep]:
    yield FLOW
    yield from SOME
    fields = {"name": "d", "flow_id": "<flow.id>", "enforce_parameter_schema": False}
    yield post("/deployments/", fields).named("d")
    for name in REFERENCES:
        placeholder = {"__prefect_kind": "workspace_variable", "variable_name": name}
        parameters = {"p": placeholder, "q": [placeholder, 2]}
        yield post("/deployments/<d.id>/create_flow_run", {"parameters": parameters})
        yield patch("/deployments/<d.id>", {"parameters": {"p": placeholder}})
        yield get("/deployments/<d.id>")


def _ask(path: str, body: object) -> RequestStep:
    return post(f"{VARIABLES}/{path}", body)


def _listed() -> RequestStep:
    return post(f"{VARIABLES}/filter", {})
