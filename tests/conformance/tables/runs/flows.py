"""POST /flows/, GET, PATCH and DELETE /flows/{id}, GET /flows/name/{name}."""

from collections.abc import Iterator
from urllib.parse import quote

from tests.conformance.programs import Program, apart, delete, get, patch, post, program, some_id
from tests.conformance.tables.values import samples

NAMES: tuple[object, ...] = (
    *samples.TEXTS,
    *("a/b", "a%b", "a&b", "a<b", "a>b", "/", "%", "a\nb", "\n", "a\tb", ".", "..", "a.b", "name"),
    *("-", "~!*'()", "a+b", "a b ", "a?b", "a#b", "a;b=c", "a@b:c", "[x]", "{x}", "|", "\\", "^`"),
    *("日本語", "e\u0301", "é", "İ", "%41", "filter", "a:b", "a=b", "$1", "a,b"),
)
SPELLINGS = (
    *(
        "/flows/name/a%20b",
        "/flows/name/a b",
        "/flows/name/a+b",
        "/flows/name/a%2Bb",
        "/flows/name/",
    ),
    *("/flows/name", "/flows/name/a%2Fb", "/flows/name/a/b", "/flows/name/%C3%A9", "/flows/name/é"),
    *("/flows/name/%FF", "/flows/name/%2E", "/flows/name/a%20b/", "/flows/name/a%20b?x=1"),
    *(
        "/flows/name/%",
        "/flows/name/%zz",
        "/flows/name/A%20B",
        "/flows/name/%61%20b",
        "/flows/name/x",
    ),
    *("/flows/name//x", "/flows//name/x", "/flows/name/%00", "/flows/name/a%252Fb"),
)


def programs() -> Iterator[Program]:
    yield program(
        "flow: create, read, create again, delete",
        post(
            "/flows/",
            {"name": "F 1", "tags": ["b", "a", "a"], "labels": {"x": 1, "y": 1.0, "z": True}},
        ),
        get("/flows/<s1.id>"),
        get("/flows/name/F%201"),
        post("/flows/", {"name": "F 1", "tags": ["other"], "labels": {"other": 1}}),
        post("/flows/", {"name": "f 1"}),
        get("/flows/<s1.id>"),
        get("/flows/name/f%201"),
        delete("/flows/<s1.id>"),
        get("/flows/<s1.id>"),
        get("/flows/name/F%201"),
        delete("/flows/<s1.id>"),
        post("/flows/", {"name": "F 1"}),
        get("/flows/name/F%201"),
        get("/flows/<s1.id>"),
    )
    yield from (_named(number, name) for number, name in enumerate(NAMES))
    yield program(
        "flow names in paths",
        *(post("/flows/", {"name": name}) for name in ("a b", "a+b", "é", ".", "x", "a", "%41")),
        *(get(path) for path in SPELLINGS),
    )
    for number, tags in enumerate(samples.TAGS):
        yield _created(f"flow tags {number}", {"name": "F", "tags": tags})
    for number, value in enumerate(samples.LABEL_VALUES):
        yield _created(f"flow label {number}", {"name": "F", "labels": {"a": value}})
    for number, labels in enumerate(LABELS):
        yield _created(f"flow labels {number}", {"name": "F", "labels": labels})
    yield from apart("flow bodies", *(post("/flows/", body) for body in BODIES))
    yield from (_changed(number, change) for number, change in enumerate(CHANGES))
    yield program(
        "flows that are not there",
        *(get(f"/flows/{some_id(1)}"), delete(f"/flows/{some_id(1)}")),
        *(patch(f"/flows/{some_id(1)}", {"tags": []}), patch("/flows/abc", {"tags": []})),
    )


LABELS: tuple[object, ...] = (None, [], "x", 5, {"": 1}, {"b": 1, "a": 2, "é": 3}, {"a b": "c"})
BODIES: tuple[object, ...] = (
    *({}, {"name": "F", "id": some_id(1)}, {"name": "F", "created": None}, {"tags": ["a"]}),
    *({"name": "", "tags": 5, "labels": 5, "x": 1}, {"Name": "F"}, {"name": "F", "x": 1, "y": 2}),
)
CHANGES: tuple[object, ...] = (
    *({}, {"tags": []}, {"tags": ["c", "b", "b"]}, {"name": "G"}, {"labels": {}}, {"tags": {}}),
    *({"tags": ["c"], "x": 1, "name": 5}, {"tags": ["c", 5, None]}, [], 5, None, "x"),
    *({"tags": tags} for tags in samples.TAGS),
)


def _changed(number: int, change: object) -> Program:
    return program(
        f"flow change {number}",
        post("/flows/", {"name": "F", "tags": ["a"], "labels": {"x": 1}}),
        patch("/flows/<s1.id>", change),
        get("/flows/<s1.id>"),
        post("/flows/filter", {"flows": {"tags": {"all_": ["c"]}}}),
        get("/flows/name/F"),
    )


def _named(number: int, name: object) -> Program:
    path = quote(name, safe="", errors="replace") if isinstance(name, str) else "x"
    return program(
        f"flow names {number}", post("/flows/", {"name": name}), get(f"/flows/name/{path}")
    )


def _created(name: str, body: object) -> Program:
    return program(name, post("/flows/", body), get("/flows/<s1.id>"), get("/flows/name/F"))
