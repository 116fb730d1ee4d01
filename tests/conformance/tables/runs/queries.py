"""POST /task_runs/{count,paginate,history}: bodies good and bad, over the data of `filters.py`."""

from collections.abc import Iterator

from tests.conformance.programs import Program, RequestStep, bare, post, program, raw
from tests.conformance.tables.runs import filters
from tests.conformance.tables.values import criteria, faults, samples

COUNT, PAGINATE, HISTORY = (f"/task_runs/{name}" for name in ("count", "paginate", "history"))
# All of them are asked of filter; the others read them with the same code.
ONE_IN = 9
FAULTS_IN = 25
PAGES: tuple[object, ...] = (
    *({"page": page} for page in (*samples.INTS, 2, 10**20)),
    *({"limit": limit} for limit in (*samples.INTS, 200, 201, 10**20)),
    *({"limit": limit, "page": page} for limit in (0, 1, 5, 16, 200) for page in (1, 2, 4, 99)),
    *(
        {"offset": 5},
        {"offset": "x"},
        {"limit": 5, "offset": 2},
        {"sort": "x"},
        {"page": 0, "limit": 999},
    ),
    *(
        {"sort": sort, "limit": 5, "page": page}
        for sort in criteria.SORTS_OF_TASK_RUNS
        for page in (1, 3)
    ),
)
BODIES: tuple[object, ...] = (None, [], "x", 5, True, {"x": 1}, {"task_runs": 5}, {"operator": "x"})
SPAN: dict[str, object] = {
    "history_start": "2029-05-31T12:00:00Z",
    "history_end": "2030-06-02T00:00:00Z",
    "history_interval_seconds": 86400,
}
LONG = {**SPAN, "history_start": "2019-05-05T05:17:23Z", "history_interval_seconds": 40000000}


def programs() -> Iterator[Program]:
    yield program("count: which runs", *filters.data(), *_asked(COUNT, criteria.ALL[::ONE_IN]))
    yield program("count: faults", *_asked(COUNT, faults.ALL[::FAULTS_IN]), *_bodies(COUNT))
    yield program("paginate: pages", *filters.data(), *_asked(PAGINATE, PAGES))
    yield program("paginate: which", *filters.data(), *_asked(PAGINATE, criteria.ALL[1::23]))
    yield program(
        "paginate: faults", *_asked(PAGINATE, faults.ALL[1::FAULTS_IN]), *_bodies(PAGINATE)
    )
    yield program("paginate: an empty table", *_asked(PAGINATE, ({}, {"page": 3}, {"limit": 0})))
    yield program("history: faults", *_asked(HISTORY, FAULTS), *_bodies(HISTORY))
    yield program("history: intervals", *filters.data(), *_asked(HISTORY, SPANS))
    which = ({**LONG, **one} for one in criteria.ALL[2::17])
    yield program("history: which", *filters.data(), *_asked(HISTORY, which))
    yield program("history: an empty table", *_asked(HISTORY, (SPAN, LONG)))


def _asked(path: str, bodies: object) -> Iterator[RequestStep]:
    assert isinstance(bodies, tuple | list | Iterator)
    return (post(path, body) for body in bodies)


def _bodies(path: str) -> Iterator[RequestStep]:
    """Bodies that are no object, no JSON, or not said to be JSON."""
    yield from _asked(path, BODIES)
    for kind in (None, "text/plain", "application/json", "application/vnd.api+json"):
        typed = {"content_type": kind} if kind else {}
        yield from (raw("POST", path, content, **typed) for content in (b"", b"{", b"{}", b"null"))
    yield from (bare(method, path) for method in ("GET", "PUT", "DELETE", "HEAD"))
    yield post(f"{path}/", {})
    yield post(path, {}, x_prefect_api_version="0.1.0")


def _span(**changes: object) -> dict[str, object]:
    return SPAN | {f"history_{key}": value for key, value in changes.items()}


FAULTS: tuple[object, ...] = (
    *({key: value for key, value in SPAN.items() if key != left_out} for left_out in SPAN),
    *(_span(start=time, end=time) for time in samples.TIMES if str(time).lower() != "now"),
    *(_span(interval_seconds=value) for value in samples.FLOATS),
    *(_span() | {"task_runs": value} for value in BODIES[4:]),
    *({}, {"history_interval_seconds": 0}, _span(interval_seconds=0, start="x")),
)
SPANS: tuple[object, ...] = (
    *(_span(interval_seconds=seconds) for seconds in (1, 0.999, 1.5, 3600, 86400.5, 40000000)),
    *(LONG | {"history_interval_seconds": seconds} for seconds in (86400, 1e9, 31557600)),
    _span(end="2029-05-31T12:00:00Z"),
    _span(end="2029-01-01"),
    _span(start="2029-05-31T14:00:00+02:00"),
    _span(start="2029-06-01T00:00:00Z", end="2029-06-01T00:00:01Z", interval_seconds=1),
    _span(start="2029-05-31T23:59:59Z", end="2029-06-01T00:00:00Z", interval_seconds=1),
    _span(start="2029-05-31T23:59:58.5Z", end="2029-06-01T00:00:02Z", interval_seconds=1.5),
    _span(start="2029-06-01T00:00:00.000001Z", interval_seconds=60),
    _span(start="9999-12-31T00:00:00Z", end="9999-12-31T23:59:59Z", interval_seconds=7000),
    _span(start="0001-01-01", end="0001-01-03"),
)
