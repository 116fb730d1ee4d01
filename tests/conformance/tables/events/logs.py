"""POST /logs/ and /logs/filter: lines good and bad, and every criterion on one set of lines."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from tests.conformance.programs import (
    Program,
    RequestStep,
    bare,
    delete,
    get,
    post,
    program,
    raw,
    some_id,
)
from tests.conformance.tables.values import samples

LOGS, FILTER = "/logs/", "/logs/filter"
RUN, OTHER, TASK, STRAY, PAGED, AT_ONCE, WORDED = (some_id(7000 + number) for number in range(7))
LARGE, *LARGE_TASKS = (some_id(7200 + number) for number in range(4))
LARGE_BATCH = 3_000
Line = dict[str, object]
TIME = "2030-01-02T03:04:05Z"
# Steps in one program.
TOGETHER = 40


def _line(**fields: object) -> Line:
    return {"name": "n", "level": 20, "message": "m", "timestamp": TIME, **fields}


def _at(second: int, **fields: object) -> Line:
    return _line(timestamp=f"2030-01-02T03:04:{second:02}.5Z", message=str(second), **fields)


LINES = (
    _at(1, level=10, flow_run_id=RUN),
    _at(4, level=30, flow_run_id=RUN, task_run_id=TASK, name="prefect.task_runs"),
    _at(3, level=40, flow_run_id=RUN, task_run_id=TASK),
    _at(2, level=20, flow_run_id=OTHER),
    _at(5, level=0, task_run_id=STRAY),
    _at(6, level=-5, task_run_id=TASK),
    _at(7, level=20),
    _at(8, level=50, flow_run_id=OTHER, task_run_id=STRAY, name=""),
)
CRITERIA: tuple[object, ...] = (
    *(None, {}, {"operator": "or_"}, {"operator": "and_"}, {"level": {}}, {"timestamp": {}}),
    *({"level": {operator: level}} for operator in ("ge_", "le_") for level in (-5, 20, "30", 99)),
    {"level": {"ge_": 10, "le_": 30}},
    {"level": {"ge_": 40, "le_": 10}},
    *({"flow_run_id": {"any_": ids}} for ids in ([], [RUN], [RUN, OTHER], [STRAY], [RUN, RUN])),
    *({"task_run_id": {"any_": ids}} for ids in ([], [TASK], [TASK, STRAY], [RUN], [TASK, TASK])),
    *({"task_run_id": {"is_null_": asked}} for asked in (True, False, None)),
    {"task_run_id": {"is_null_": True, "any_": [TASK]}},
    {"flow_run_id": {}, "task_run_id": {}},
    {"flow_run_id": {"any_": [RUN]}, "task_run_id": {"any_": [TASK]}},
    {"flow_run_id": {"any_": [RUN]}, "task_run_id": {"is_null_": True}},
    {"flow_run_id": {"any_": [OTHER]}, "task_run_id": {"any_": [TASK]}},
    {"flow_run_id": {"any_": [OTHER]}, "task_run_id": {"any_": [TASK]}, "operator": "or_"},
    {"flow_run_id": {"any_": [RUN]}, "level": {"ge_": 50}, "operator": "or_"},
    {"flow_run_id": {"any_": []}, "level": {}, "operator": "or_"},
    *(
        {"timestamp": {operator: f"2030-01-02T03:04:0{second}Z"}}
        for operator in ("before_", "after_")
        for second in ("3", "3.5", "9")
    ),
    {"timestamp": {"after_": "2030-01-02T03:04:02.5Z", "before_": "2030-01-02T05:04:04.5+02:00"}},
    {"timestamp": {"after_": "2030-01-02T03:04:05Z", "before_": "2030-01-02T03:04:02Z"}},
    {"timestamp": {"after_": "2030-01-02T03:04:03Z"}, "flow_run_id": {"any_": [RUN]}},
    {"timestamp": {"after_": "2030-01-02T03:04:06Z"}, "task_run_id": {"any_": [STRAY]}},
    *({"text": {"query": query}} for query in ("", "  ", "- + !")),
    {"text": {"query": ""}, "flow_run_id": {"any_": [RUN]}, "operator": "or_"},
)
MESSAGES = (
    *("Hello World", "hello", "an ERROR: disk is full", "error in debug", "100%", "100 percent"),
    *("a_b", "axb", "a  b", 'he said "no" and left', "back\\slash", "world hello", "-x +y !z", ""),
)
WORDS = (
    *(
        "hello",
        "HELLO",
        "hello world",
        '"hello world"',
        '"Hello  World"',
        "+hello +world",
        "-hello",
    ),
    *(
        "!hello",
        "error -debug",
        "error +full",
        "+error -full -debug",
        "100%",
        "_",
        "%",
        "a_b",
        '"a  b"',
    ),
    *('"no', '"no" and', r'"said \"no\""', "back\\", r'"back\\slash"', "slash", "-x", '"-x"', "+y"),
    *(
        "wor",
        "rld",
        "my.logger",
        "other",
        "-my",
        "full my.logger",
        '"full my"',
        "zzz",
        "é",
        "+",
        "- x",
    ),
)
OF_PAGED = {"flow_run_id": {"any_": [PAGED]}}
PAGES: tuple[Mapping[str, object], ...] = (
    *({"sort": sort} for sort in ("TIMESTAMP_ASC", "TIMESTAMP_DESC", "timestamp_asc", "ID_DESC")),
    *({"limit": limit} for limit in (*samples.INTS, 1, 3, 200, 201)),
    *({"offset": offset} for offset in (*samples.INTS, 3, 8)),
    *(
        {"limit": limit, "offset": offset, "sort": sort}
        for limit in (1, 2, 5)
        for offset in (0, 1, 3)
        for sort in ("TIMESTAMP_ASC", "TIMESTAMP_DESC")
    ),
    {"limit": 2, "offset": 1, "logs": {**OF_PAGED, "level": {"ge_": 20}}},
    {"limit": 999, "offset": -1, "sort": "x", "logs": {"x": 1}},
)
ODD: tuple[object, ...] = ([], "x", 5, {"x": 1}, {"operator": None}, {"operator": "or_"})
FAULTS: tuple[object, ...] = (
    *(None, [], "x", 5, True, {"x": 1}, {"limit": "x", "offset": -1, "sort": "x"}),
    *({"logs": given} for given in ODD),
    *({"logs": {"level": level}} for level in ODD),
    *({"logs": {"level": {"ge_": level}}} for level in samples.INTS),
    *({"logs": {"timestamp": {"before_": time}}} for time in samples.BOOLS),
    *({"logs": {"flow_run_id": given}} for given in (*ODD, {"is_null_": True})),
    {"logs": {"flow_run_id": {"any_": ["x", 5, None]}}},
    *({"logs": {"task_run_id": {"is_null_": given}}} for given in samples.BOOLS),
    *({"logs": {"task_run_id": given}} for given in (*ODD, {"any_": None})),
    *({"logs": {"text": given}} for given in (*ODD, {"query": None}, {"query": "x" * 201})),
    {"logs": {"name": {"any_": ["n"]}}},
    {"logs": {"text": {"query": 5, "x": 1}, "operator": "x", "x": 1}},
)
BODIES: tuple[object, ...] = (
    *(None, {}, _line(), "x", 5, True, [[]], [None], [5, "x"], [{}], [{}, _line(x=1), _line()]),
    *([_line() | {left_out: None}] for left_out in _line()),
)


def programs() -> Iterator[Program]:
    """On lines that differ in their times: lines of one time are listed in an order of chance."""
    yield program("logs: which lines", post(LOGS, list(LINES)), *_filtered(CRITERIA))
    paged = [
        _at(second, flow_run_id=PAGED, level=second * 10) for second in (33, 31, 34, 32, 35, 38)
    ]
    yield program(
        "logs: pages", post(LOGS, paged), *(_asked({"logs": OF_PAGED, **one}) for one in PAGES)
    )
    # At times of their own: these lines are listed with the others further down.
    worded = [
        _line(
            timestamp=f"2030-01-02T03:04:{at:02}.25Z",
            message=message,
            flow_run_id=WORDED,
            name="my.logger" if at % 2 else "Other",
        )
        for at, message in enumerate(MESSAGES)
    ]
    of_worded = {"flow_run_id": {"any_": [WORDED]}}
    by_words = ({**of_worded, "text": {"query": query}} for query in WORDS)
    yield program("logs: words", post(LOGS, worded), *_filtered(by_words))
    yield program("logs: faults", *map(_asked, FAULTS))
    for number, some in enumerate(_parts(_fields())):
        yield program(f"logs: fields {number}", *some)
    yield program("logs: bodies", *(post(LOGS, body) for body in BODIES), *_bodies())
    yield program("logs: one batch of one moment", *_of_one_moment())
    yield program("logs: a large batch", *_of_a_large_batch())
    yield _of_a_run_that_is_deleted()


def _asked(body: object) -> RequestStep:
    return post(FILTER, body)


def _filtered(criteria: Iterable[object]) -> Iterator[RequestStep]:
    return (_asked({"logs": one}) for one in criteria)


def _of_one_moment() -> Iterator[RequestStep]:
    yield post(LOGS, [_line(message=str(number), flow_run_id=AT_ONCE) for number in range(12)])
    wanted = {"logs": {"flow_run_id": {"any_": [AT_ONCE]}}}
    for sort in ("TIMESTAMP_ASC", "TIMESTAMP_DESC"):
        yield from (_asked(wanted | {"sort": sort, "limit": 5, "offset": n}) for n in (0, 5, 10))


def _of_a_large_batch() -> Iterator[RequestStep]:
    """Lines of a flow run and three task runs by turns, some large, the last sent first."""
    runs = [{"flow_run_id": LARGE, "task_run_id": task} for task in (None, *LARGE_TASKS)]
    lines = [
        _line(
            **runs[number % len(runs)],
            level=number % 5 * 10,
            message=f"{number} " + "x" * (20_000 if number % 500 == 0 else 90),
            timestamp=f"2030-01-02T04:{number // 600:02}:{number // 10 % 60:02}.{number % 10}Z",
        )
        for number in range(LARGE_BATCH)
    ]
    yield post(LOGS, lines[::-1])
    asked: tuple[object, ...] = (
        {"flow_run_id": {"any_": [LARGE]}},
        *({"task_run_id": {"any_": [task]}} for task in LARGE_TASKS),
        {"flow_run_id": {"any_": [LARGE]}, "task_run_id": {"is_null_": True}},
        {"flow_run_id": {"any_": [LARGE]}, "level": {"ge_": 40}},
        {"timestamp": {"after_": "2030-01-02T04:01:00.5Z", "before_": "2030-01-02T04:02:10.2Z"}},
    )
    sorts, offsets = ("TIMESTAMP_ASC", "TIMESTAMP_DESC"), (0, 150, LARGE_BATCH - 100)
    for wanted, sort, offset in product(asked, sorts, offsets):
        yield _asked({"logs": wanted, "sort": sort, "offset": offset, "limit": 60})


def _fields() -> Iterator[RequestStep]:
    """Send a line with each value, and ask for it; one that has no flow run is told by its time."""
    values: tuple[tuple[str, tuple[object, ...]], ...] = (
        *((field, samples.TEXTS) for field in ("name", "message")),
        ("level", samples.INTS),
        ("timestamp", samples.TIMES),
        *((field, samples.IDS) for field in ("flow_run_id", "task_run_id")),
    )
    every = ((name, value) for name, some in values for value in some)
    for number, (name, value) in enumerate(every):
        time, run = f"2031-01-01T{number // 60:02}:{number % 60:02}:00Z", some_id(8000 + number)
        yield post(LOGS, [_line(**{"timestamp": time, "flow_run_id": run, name: value})])
        at = {"timestamp": {"after_": time, "before_": time}}
        yield _asked({"logs": at if name == "flow_run_id" else {"flow_run_id": {"any_": [run]}}})


def _parts(steps: Iterator[RequestStep]) -> Iterator[list[RequestStep]]:
    every = list(steps)
    return (every[first : first + TOGETHER] for first in range(0, len(every), TOGETHER))


def _bodies() -> Iterator[RequestStep]:
    """Bodies that are no JSON, or not said to be JSON, and other methods."""
    for path in (LOGS, FILTER):
        for kind in (None, "text/plain", "application/json", "application/vnd.api+json"):
            typed = {"content_type": kind} if kind else {}
            contents = (b"", b"[", b"[]", b"{}", b"null")
            yield from (raw("POST", path, content, **typed) for content in contents)
        yield from (bare(method, path) for method in ("GET", "PUT", "DELETE", "HEAD", "PATCH"))
        yield post(path, [], x_prefect_api_version="0.1.0")
    yield post("/logs", [])
    yield post("/logs/filter/", {"logs": OF_PAGED})


def _of_a_run_that_is_deleted() -> Program:
    """A deleted run's later logs are found by everybody who asks for them."""
    run = some_id(7100)
    return program(
        "logs: of a run that is deleted",
        post("/task_runs/", {"task_key": "t", "dynamic_key": "1", "id": run}),
        delete(f"/task_runs/{run}"),
        get(f"/task_runs/{run}"),
        post(LOGS, [_line(task_run_id=run, timestamp="2029-01-01")]),
        _asked({"logs": {"task_run_id": {"any_": [run]}}}),
    )
