"""Bodies and content types, on every endpoint that takes a body."""

import json
from collections.abc import Iterator

from tests.conformance.programs import Program, RequestStep, get, post, program, raw, some_id

RUN = some_id(1)
# Where a body is sent, with one that is good.
TARGETS: dict[str, tuple[str, dict[str, object]]] = {
    "/task_runs/": ("POST", {"id": RUN, "task_key": "t", "dynamic_key": "1", "name": "T 1"}),
    "/task_runs/filter": ("POST", {"limit": 0}),
    f"/task_runs/{RUN}": ("PATCH", {"name": "T 2"}),
    "/flows/": ("POST", {"name": "F 1"}),
    "/flow_runs/": ("POST", {"flow_id": some_id(99)}),
}
TYPES: tuple[str | None, ...] = (
    *(None, "", "application/json", "application/json; charset=utf-8", "APPLICATION/JSON"),
    *("Application/Json;charset=latin-1", "application/json;"),
    *(
        "application/vnd.api+json",
        "application/problem+json; x=y",
        "application/x+JSON",
        "application/+json",
    ),
    *(
        "application/jsonx",
        "application/json+x",
        "application/json, text/plain",
        "text/json",
        "text/x+json",
    ),
    *(
        "text/plain",
        "text/plain; charset=utf-8",
        "application/octet-stream",
        "application/xml",
        "*/*",
    ),
    *(
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
    ),
    *("json", "application", "application/", "/json", "application/json/x", "application /json"),
)
CONTENTS: tuple[bytes, ...] = (
    *(
        b"",
        b" ",
        b"\n",
        b"null",
        b" null ",
        b"[]",
        b"{}",
        b" {} ",
        b'"x"',
        b"5",
        b"-0",
        b"1e5",
        b"true",
    ),
    *(
        b"{",
        b"}",
        b"[",
        b'{"',
        b'{"a"',
        b'{"a":',
        b'{"a":1,',
        b'{"a":1,}',
        b"{'a':1}",
        b"{a:1}",
        b"{}x",
    ),
    *(
        b"{} {}",
        b"[1,]",
        b"x",
        b"nul",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"nan",
        b"01",
        b"1.",
        b".5",
    ),
    *(
        b"+1",
        b"0x1",
        b"'x'",
        b'"x',
        b'"\\x"',
        b'"\\u12"',
        b'"a\nb"',
        b'{"a":"\tb"}',
        b"\x00",
        b"{}\x00",
    ),
    *(
        b"// x\n{}",
        b"\xef\xbb\xbf{}",
        b"\xff",
        b'{"a":"\xff"}',
        b'"\xc3"',
        b"\xed\xa0\x80",
        b"\x80\x81",
    ),
    *(
        "{}".encode("utf-16"),
        "{}".encode("utf-16-le"),
        "{}".encode("utf-16-be"),
        "{}".encode("utf-32"),
    ),
    *('{"é":"ü"}'.encode(), '{"a":"😀'.encode(), b'{"\\ud83d\\ude00":1,', b"[1, 2\n, 3\r\n, x]"),
    *(
        b"\xc2\xa0{}",
        b"\x0b{}",
        b"[" * 100,
        b"[" * 100 + b"]" * 100,
        b"[" * 3000 + b"]" * 3000,
        b'{"a":' * 3000 + b"1" + b"}" * 3000,
        b"5" * 300,
        b"5" * 5000,
        b"1e999",
        b"-1e999",
    ),
    *(b"a=1&b=2", b"--x\r\n\r\n--x--"),
)
# Added to a good body, just before its end.
ADDITIONS: tuple[bytes, ...] = (
    *(
        b',"x":"\\ud800"',
        b',"x":"\\udc00a"',
        b',"\\ud800":1',
        b',"x":"\\ud83d\\ude00"',
        b',"x":"\\u0000"',
    ),
    *(
        b',"x":' + b"1" * 400,
        b',"x":1e400',
        b',"x":-0.0',
        b',"x":1E5',
        b',"x":0.10000000000000000001',
    ),
    *(
        b',"x":NaN',
        b',"x":[Infinity,-Infinity]',
        b',"x":1.0',
        b',"":1',
        b',"x":1,"x":2',
        b',"__class__":1',
    ),
    *(b',"x":' + b"[" * 90 + b"]" * 90, b',"x":"' + b"y" * 100000 + b'"'),
)
DUPLICATES: tuple[bytes, ...] = (
    b'{"task_key":"a","dynamic_key":"1","task_key":"b","name":"T 1","id":"%s"}',
    b'{"task_key":"t","dynamic_key":"1","name":"T 1","labels":{"a":1,"b":2,"a":3},"id":"%s"}',
    b'{"task_key":"t","dynamic_key":"1","name":"T 1","tags":["a"],"tags":["b"],"id":"%s"}',
)
SURROGATES: tuple[bytes, ...] = (
    *(
        b'"name":"\\ud800"',
        b'"task_key":"\\udc00"',
        b'"labels":{"a":"\\ud800"}',
        b'"tags":["\\ud800"]',
    ),
    *(
        b'"labels":{"\\ud800":1}',
        b'"state":{"type":"PENDING","message":"\\ud800"}',
        b'"cache_key":"\\ud800"',
    ),
    *(b'"name":"\\ud83d\\ude00"', b'"task_version":"a\\u0000b"', b'"name":"\xed\xa0\x80"'),
)


def programs() -> Iterator[Program]:
    for path, (method, good) in TARGETS.items():
        for number, kind in enumerate(TYPES):
            sent = _typed(method, path, json.dumps(good).encode(), kind)
            yield _program(f"content types of {method} {path} {number}", path, sent)
            empty = _typed(method, path, b"", kind)
            yield _program(f"content types of an empty {method} {path} {number}", path, empty)
        yield from _contents(method, path, good)
    for number, content in enumerate(DUPLICATES):
        yield _created(f"duplicate keys {number}", content % RUN.encode())
    for number, member in enumerate(SURROGATES):
        rest = b'{"id":"%s","task_key":"t","dynamic_key":"1",%s}' % (RUN.encode(), member)
        yield _created(f"odd text {number}", rest)


def _contents(method: str, path: str, good: dict[str, object]) -> Iterator[Program]:
    for number, content in enumerate(CONTENTS):
        for kind in ("application/json", "text/plain", None):
            sent = _typed(method, path, content, kind)
            yield _program(f"contents of {method} {path} as {kind} {number}", path, sent)
    for number, addition in enumerate(ADDITIONS):
        content = json.dumps(good).encode()[:-1] + addition + b"}"
        sent = _typed(method, path, content, "application/json")
        yield _program(f"additions to {method} {path} {number}", path, sent)


def _program(name: str, path: str, step: RequestStep) -> Program:
    """Create the object first: only one that is there can be changed."""
    if RUN not in path:
        return program(name, step)
    return program(name, post("/task_runs/", TARGETS["/task_runs/"][1]), step, get(path))


def _typed(method: str, path: str, content: bytes, kind: str | None) -> RequestStep:
    return raw(method, path, content, **({} if kind is None else {"content_type": kind}))


def _created(name: str, content: bytes) -> Program:
    return program(
        name,
        raw("POST", "/task_runs/", content, content_type="application/json"),
        get(f"/task_runs/{RUN}"),
        post("/task_runs/filter", {}),
    )
