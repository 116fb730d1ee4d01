"""POST /events, and what the recorder makes of events: in any order, twice, with changed keys."""

import json
import random
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from tests.conformance.programs import Program, RequestStep, delete, get, post, program
from tests.conformance.tables.runs.flow_runs import FLOW, flow_run
from tests.conformance.tables.runs.task_runs import task_run
from tests.reporting.building import JSON, body

RECORDED: dict[str, list[JSON]] = json.loads(
    (Path(__file__).parents[3] / "reporting/recorded.json").read_text("utf-8")
)
FLOW_RUN_ID = re.compile(r"prefect\.flow-run\.([0-9a-f-]{36})")
TASK_RUN_ID = re.compile(r"prefect\.task-run\.([0-9a-f-]{36})")
OF_PROGRAMS = UUID("0bad5eed-0000-4000-8000-00000000e0e0")
STARTED = "2026-01-02T12:00:00Z"
SEEDS = 3


def programs() -> Iterator[Program]:
    for name, (steps, run_ids) in STORIES.items():
        reads = [read for run_id in run_ids for read in _reads(run_id)]
        ends = [delete(f"/task_runs/{run_id}") for run_id in run_ids]
        yield program(f"events: {name}", *steps, *reads, *ends, reports=True)
    for name, events in RECORDED.items():
        for seed in range(SEEDS):
            yield _mixed(f"events of {name} {seed}", events, seed)
    yield program(
        "events found",
        post("/events", [_now(number, kind) for number, kind in enumerate(KINDS)]),
        *(_sought(**criteria) for criteria in CRITERIA),
        reports=True,
    )


class ReportedEvents:
    """A run that a program reports, under an id that no other program uses."""

    def __init__(self, name: str) -> None:
        self.id = str(uuid5(OF_PROGRAMS, name))

    def report(self, second: float, kind: str, **changes: Any) -> RequestStep:
        return post("/events", [body(second, kind, run_id=self.id, **changes)])


def _reads(run_id: str) -> Iterator[RequestStep]:
    yield get(f"/task_runs/{run_id}")
    yield get(f"/task_run_states/?task_run_id={run_id}")


def _mixed(name: str, recorded: list[JSON], seed: int) -> Program:
    """A recorded program's events in any order, some twice, in its flow runs made anew."""
    text = json.dumps(recorded)
    labels = {found: f"run{n}" for n, found in enumerate(dict.fromkeys(FLOW_RUN_ID.findall(text)))}
    for found, label in labels.items():
        text = text.replace(found, f"<{label}.id>")
    mixed = random.Random(seed)  # noqa: S311 - the same order each time
    sent = [json.loads(event) for event in map(json.dumps, json.loads(text))]
    sent = mixed.sample([*sent, *sent[::2]], len(sent) + len(sent[::2]))
    runs = dict.fromkeys(TASK_RUN_ID.findall(text))
    return program(
        name,
        FLOW,
        *(flow_run().named(label) for label in labels.values()),
        *(post("/events", some) for some in _split(sent, mixed)),
        *(read for run_id in runs for read in _reads(run_id)),
        *(delete(f"/task_runs/{run_id}") for run_id in runs),
        reports=True,
    )


def _split(sent: list[Any], mixed: random.Random) -> Iterable[list[Any]]:
    while sent:
        size = mixed.randint(1, 4)
        yield sent[:size]
        sent = sent[size:]


def _sought(**criteria: object) -> RequestStep:
    wanted = {"any_resource": {"id": [f"prefect.task-run.{SOUGHT}"]}, **criteria}
    return post("/events/filter", {"filter": wanted})


def _now(second: int, kind: str) -> JSON:
    occurred = datetime.now(UTC) + timedelta(seconds=second - len(KINDS))
    return body(second, kind, run_id=SOUGHT, occurred=occurred.isoformat())


SOUGHT = str(uuid5(OF_PROGRAMS, "sought"))
KINDS = ("PENDING", "RUNNING", "COMPLETED")
CRITERIA: tuple[JSON, ...] = (
    {"event": {"name": ["prefect.task-run.Running"]}},
    {"event": {"name": ["prefect.task-run.Running"], "prefix": []}, "related": None, "text": None},
    {"event": {"prefix": ["prefect.task-run.R", "x"]}},
    {"event": {"exclude_prefix": ["prefect.task-run.R"], "exclude_name": [f"{KINDS[0]}"]}},
    {"event": {"name": ["prefect.task-run.Running"]}, "resource": {"id_prefix": ["prefect.task"]}},
    {"event": {"prefix": ["prefect.task-run.C"]}, "resource": {"labels": {"x": "y"}}},
    {"related": {"role": ["flow-run"]}},
    {"id": {"id": [str(OF_PROGRAMS)]}},
    {"occurred": {"since": "2999-01-01T00:00:00Z"}},
    {"event": {"name": ["prefect.task-run.Running"]}, "order": "ASC"},
)

LATE, EQUAL, AGAIN = ReportedEvents("late"), ReportedEvents("equal"), ReportedEvents("again")
SPARSE, BACK, KEY = ReportedEvents("sparse"), ReportedEvents("back"), ReportedEvents("key")
INSIDE, OTHER, MOVED = ReportedEvents("inside"), ReportedEvents("other"), ReportedEvents("moved")
UNEXPECTED, EXPECTED = ReportedEvents("unexpected"), ReportedEvents("expected")
WAYS = ("ASC", "DESC")
HISTORY = {
    "history_start": "2026-01-01T00:00:00Z",
    "history_end": "2026-01-03T00:00:00Z",
    "history_interval_seconds": 86400,
}
CREATED, MOVED_ON = ReportedEvents("made"), ReportedEvents("moved on")


IN_FLOW_RUN = [FLOW, flow_run().named("run")]
OF_FLOW_RUN = {"flow_run_id": "<run.id>"}
SAID = {
    "run_count": 3,
    "tags": ["b", "a"],
    "labels": {"x": 1},
    "start_time": "2026-01-02T12:00:00Z",
}
STORIES: dict[str, tuple[list[RequestStep], list[str]]] = {
    "states that come late": (
        [LATE.report(3, "COMPLETED"), LATE.report(2, "RUNNING"), LATE.report(1, "PENDING")],
        [LATE.id],
    ),
    "runs that nobody expects": (
        [
            UNEXPECTED.report(1, "COMPLETED"),
            EXPECTED.report(1, "COMPLETED", run={"expected_start_time": STARTED}),
            *_reads(UNEXPECTED.id),
            *_reads(EXPECTED.id),
            *(post("/task_runs/filter", {"sort": f"EXPECTED_START_TIME_{way}"}) for way in WAYS),
            post("/task_runs/filter", {"task_runs": {"expected_start_time": {"after_": STARTED}}}),
            post("/task_runs/history", HISTORY),
        ],
        [UNEXPECTED.id, EXPECTED.id],
    ),
    "two of one time": (
        [EQUAL.report(1, "RUNNING"), *_reads(EQUAL.id), EQUAL.report(2, "COMPLETED")],
        [EQUAL.id],
    ),
    "the same id again": (
        [
            AGAIN.report(1, "RUNNING"),
            *_reads(AGAIN.id),
            AGAIN.report(2, "COMPLETED", id=str(uuid5(UUID(AGAIN.id), "1 RUNNING"))),
        ],
        [AGAIN.id],
    ),
    "what is left out": (
        [
            SPARSE.report(1, "RUNNING", run=SAID),
            *_reads(SPARSE.id),
            SPARSE.report(2, "COMPLETED", run={"start_time": None, "name": "other"}),
        ],
        [SPARSE.id],
    ),
    "after a delete": (
        [
            BACK.report(1, "RUNNING"),
            *_reads(BACK.id),
            delete(f"/task_runs/{BACK.id}"),
            BACK.report(2, "COMPLETED"),
        ],
        [BACK.id],
    ),
    "another key": (
        [KEY.report(1, "RUNNING"), KEY.report(2, "COMPLETED", run={"dynamic_key": "e"})],
        [KEY.id],
    ),
    "two ids of one key": (
        [
            *IN_FLOW_RUN,
            INSIDE.report(1, "RUNNING", **OF_FLOW_RUN),
            *_reads(INSIDE.id),
            OTHER.report(2, "COMPLETED", **OF_FLOW_RUN),
        ],
        [INSIDE.id, OTHER.id],
    ),
    "out of its flow run": (
        [
            *IN_FLOW_RUN,
            MOVED.report(1, "RUNNING", **OF_FLOW_RUN),
            *_reads(MOVED.id),
            MOVED.report(2, "COMPLETED"),
        ],
        [MOVED.id],
    ),
    "a run that was created": (
        [task_run(id=CREATED.id), CREATED.report(1, "PENDING"), CREATED.report(9e9, "COMPLETED")],
        [CREATED.id],
    ),
    "a proposal after events": (
        [
            MOVED_ON.report(1, "RUNNING", run={"start_time": STARTED}),
            *_reads(MOVED_ON.id),
            post(f"/task_runs/{MOVED_ON.id}/set_state", {"state": {"type": "COMPLETED"}}),
        ],
        [MOVED_ON.id],
    ),
}
