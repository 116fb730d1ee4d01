"""GET /health, /ready, /version, /admin/version, /hello, /csrf-token, /openapi.json."""

from collections.abc import Iterator

from tests.conformance.programs import Program, bare, get, program, raw

PATHS = ("/health", "/ready", "/version", "/admin/version", "/hello")
DOCUMENT = "/openapi.json"


def programs() -> Iterator[Program]:
    yield program("root paths", *(get(path) for path in PATHS))
    yield program("root paths with a query", *(get(f"{path}?a=1&a=2&=") for path in PATHS))
    yield program(
        "root paths with a body",
        *(raw("GET", path, b"{", content_type="application/json") for path in PATHS),
        *(raw("GET", path, b"\xff") for path in PATHS),
    )
    yield program(
        "csrf token while protection is off",
        *(get(f"/csrf-token{query}") for query in QUERIES),
    )
    yield program(
        "the API document",
        get(DOCUMENT),
        get(f"{DOCUMENT}?a=1"),
        get(DOCUMENT, x_prefect_api_version="0.1.0"),
        get(DOCUMENT, x_prefect_api_version="x"),
        *(bare(method, DOCUMENT) for method in ("HEAD", "POST", "PUT", "PATCH", "DELETE")),
    )
    yield program(
        "root paths, other methods",
        *(
            bare(method, path)
            for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE")
            for path in (*PATHS, "/csrf-token")
        ),
    )


QUERIES = (
    *("", "?", "?client", "?client=", "?client=x", "?client=x&client=y", "?Client=x", "?other=1"),
    *("?client=%20", "?client=%C3%A9", "?client=%FF", "?client=a+b", "?other=1&client=x&x"),
)
