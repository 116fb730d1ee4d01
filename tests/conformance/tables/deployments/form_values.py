"""POST /ui/schemas/validate."""

from collections.abc import Iterator, Mapping

from tests.conformance.programs import Program, apart, bare, post

PATH = "/ui/schemas/validate"
NESTED = {"type": "object", "properties": {"y": {"type": "string"}}, "required": ["y"]}
NUMBERS = {"type": "array", "items": {"type": "integer"}}
OBJECTS = {"type": "array", "items": {"type": "object", "properties": {"z": {"type": "integer"}}}}
SCHEMA = {
    "type": "object",
    "properties": {"x": {"type": "integer"}, "l": NUMBERS, "o": NESTED, "d": OBJECTS},
    "required": ["x"],
}
KIND = "__prefect_kind"
JSON, TEMPLATE, VARIABLE = {KIND: "json"}, {KIND: "jinja"}, {KIND: "workspace_variable"}
BROKEN = {**JSON, "value": "{"}

VALUES: tuple[Mapping[str, object], ...] = (
    {},
    {"x": 1},
    {"x": "a"},
    {"x": None, "l": 5, "o": {"y": 5}},
    {"x": 1, "l": ["a", 1, "b"], "o": {}},
    {"x": 1, "d": [{"z": "a"}, {"z": 1}, {"z": "b"}]},
    {"x": BROKEN, "o": {"y": {**TEMPLATE, "template": "{{ x }}"}}},
    {"x": {**TEMPLATE, "template": "{{ x"}},
    {"x": {**TEMPLATE, "template": "{{ x }}"}, "l": [{**TEMPLATE, "template": "a"}]},
    {"x": TEMPLATE},
    {"x": {**JSON, "value": "5"}},
    {"x": JSON, "l": [JSON, 1]},
    {"x": {**JSON, "value": {**JSON, "value": "{"}}},
    {"x": {**JSON, "value": 5}, "l": {**JSON, "value": '[1, "a"]'}},
    {"x": {KIND: "none"}},
    {"x": {KIND: "none", "value": 7}, "o": {KIND: "none", "value": {"y": BROKEN}}},
    {"x": VARIABLE, "l": [{**VARIABLE, "variable_name": "unknown"}]},
    {"x": {KIND: "odd", "value": 3}, "l": [{KIND: "odd"}]},
    BROKEN,
    JSON,
    {"x": 1, "more": BROKEN},
)

SCHEMAS: tuple[Mapping[str, object], ...] = (
    {},
    {"type": 5},
    {"properties": {"x": {"$ref": "#/definitions/x"}}},
    {"$ref": "#"},
    {"properties": {"x": {"$ref": "http://nowhere.invalid/x"}}},
    {"properties": {"x": {"format": "date"}}},
    {"properties": {"x": {"pattern": "["}}},
    {"minProperties": 3, "maxProperties": 0},
    {"properties": {"x": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}},
    {"properties": {"x": {"type": "integer"}}},
    {"properties": {"x": {"enum": ["a", "b"]}}, "additionalProperties": False},
)

BODIES: tuple[object, ...] = (
    {},
    [],
    {"schema": 5, "values": 6},
    {"schema": {}},
    {"values": {}},
    "x",
    None,
)


def programs() -> Iterator[Program]:
    asked: list[object] = [{"schema": SCHEMA, "values": values} for values in VALUES]
    asked += [{"schema": schema, "values": {"x": "no", "y": 1}} for schema in SCHEMAS]
    yield from apart("form: values", *(post(PATH, body) for body in (*asked, *BODIES)))
    yield from apart("form: methods", *(bare(method, PATH) for method in ("GET", "PUT", "DELETE")))
