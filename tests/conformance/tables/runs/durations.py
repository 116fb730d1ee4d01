"""Task runs in the order of their durations, which clients report: far apart, and many alike."""

from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID, uuid5

from tests.conformance.programs import Program, RequestStep, delete, post, program
from tests.conformance.tables.values.criteria import DURATIONS
from tests.reporting.building import at, body

OF_PROGRAM = UUID("0bad5eed-0000-4000-8000-00000000d0d0")
HOUR = 3600

# When each run entered its states, in seconds, and when it was expected to start, if it says so.
# Those that still run have been for a year or so: what passes meanwhile changes no order.
RUNS: tuple[tuple[str, dict[str, float], float | None], ...] = (
    ("an hour", {"RUNNING": 0, "COMPLETED": HOUR}, 0),
    ("as long, expected later", {"RUNNING": 5, "FAILED": 5 + HOUR}, 9),
    ("as long, not said when", {"RUNNING": 7, "COMPLETED": 7 + HOUR}, None),
    ("as long, expected as the first", {"RUNNING": 0, "CRASHED": HOUR}, 0),
    ("no time", {"PENDING": 1}, 1),
    ("no time, expected later", {"PENDING": 2}, 3 * HOUR),
    ("no time, ended", {"COMPLETED": 3}, 2),
    ("a second", {"RUNNING": 4, "COMPLETED": 5}, 4),
    ("runs", {"RUNNING": 0}, 0),
    ("runs since later", {"RUNNING": HOUR}, 0),
    ("runs as long, expected later", {"RUNNING": HOUR}, 8),
    ("ran, and is to run again", {"RUNNING": 0, "PENDING": 2 * HOUR}, 5),
    ("ran, and runs again", {"RUNNING": 0, "PENDING": HOUR, "RUNNING ": 2 * HOUR}, 6),
)
IDS = [str(uuid5(OF_PROGRAM, name)) for name, *_ in RUNS]
PAGES: tuple[dict[str, Any], ...] = ({}, {"limit": 3}, {"limit": 4, "offset": 2}, {"offset": 11})
FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"id": {"any_": IDS[::-1]}},
    {"name": {"like_": "long"}},
    {"state": {"type": {"any_": ["RUNNING", "PENDING"]}}},
    {"tags": {"all_": ["timed"]}},
)


def programs() -> Iterator[Program]:
    yield program(
        "durations", *_reports(), *_asked(), *(delete(f"/task_runs/{one}") for one in IDS),
        reports=True,
    )  # fmt: skip


def _reports() -> Iterator[RequestStep]:
    for run_id, (name, states, expected) in zip(IDS, RUNS, strict=True):
        run: dict[str, Any] = {"name": name, "dynamic_key": name, "tags": ["timed"]}
        if expected is not None:
            run["expected_start_time"] = at(expected).isoformat()
        for kind, second in states.items():
            yield post("/events", [body(second, kind.strip(), run_id=run_id, run=run)])


def _asked() -> Iterator[RequestStep]:
    for sort, wanted in product(DURATIONS, FILTERS):
        asked = {"sort": sort, "task_runs": wanted} if wanted else {"sort": sort}
        yield from (post("/task_runs/filter", asked | page) for page in PAGES)
        yield from (
            post("/task_runs/paginate", asked | {"limit": 5, "page": page}) for page in (1, 2, 3)
        )
