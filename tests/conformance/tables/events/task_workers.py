"""POST /task_workers/filter while no worker is connected; with some: see `conversations`."""

from collections.abc import Iterator

from tests.conformance.programs import Program, bare, post, program, raw

FILTER = "/task_workers/filter"
KEYS: tuple[object, ...] = ([], ["a"], ["a", "a"], None, "a", 5, {}, [5], [None], [""], [["a"]])
FILTERS: tuple[object, ...] = (None, {}, [], "x", 5, {"x": 1})
BODIES: tuple[object, ...] = (
    *(None, {}, [], "x", 5, True, {"x": 1}),
    *({"task_worker_filter": given} for given in FILTERS),
    *({"task_worker_filter": {"task_keys": keys}} for keys in KEYS),
    {"task_worker_filter": {"task_keys": ["a"], "x": 1}, "x": 1},
)


def programs() -> Iterator[Program]:
    yield program("task workers: bodies", *(post(FILTER, body) for body in BODIES))
    yield program(
        "task workers: no JSON",
        *(raw("POST", FILTER, content) for content in (b"", b"{", b"null", b"{}")),
        *(
            raw("POST", FILTER, content, content_type="application/json")
            for content in (b"", b"{", b"\xff")
        ),
        post(FILTER, {}, x_prefect_api_version="0.1.0"),
    )
    yield program(
        "task workers: other methods",
        *(bare(method, FILTER) for method in ("GET", "PUT", "DELETE", "HEAD", "PATCH")),
        post(f"{FILTER}/", {}),
    )
