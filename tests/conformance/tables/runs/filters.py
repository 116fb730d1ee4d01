"""POST /task_runs/filter: every criterion of every object, on one set of runs."""

from collections.abc import Iterator

from tests.conformance.programs import Program, RequestStep, delete, get, post, program, some_id
from tests.conformance.tables.values import criteria, faults

T = some_id
# Faulty filters in one program.
TOGETHER = 20
# Criteria that are asked of one set of runs.
ON_ONE_SET = 60


def programs() -> Iterator[Program]:
    for number, first in enumerate(range(0, len(criteria.ALL), ON_ONE_SET)):
        some = criteria.ALL[first : first + ON_ONE_SET]
        yield program(f"filters: which runs {number}", *data(), *map(_asked, some))
    yield program(
        "filters: orders", *data(), *(post("/task_runs/filter", body) for body in criteria.ORDERS)
    )
    for number, first in enumerate(range(0, len(faults.ALL), TOGETHER)):
        bodies = faults.ALL[first : first + TOGETHER]
        yield program(
            f"filters: faults {number}", *(post("/task_runs/filter", body) for body in bodies)
        )
    yield program(
        "filters: an empty table", *(_asked(criterion) for criterion in criteria.ALL[:20])
    )
    yield _after_changes()


def _asked(criterion: object) -> RequestStep:
    return post("/task_runs/filter", criterion)


def data() -> list[RequestStep]:
    """Flows, flow runs and task runs that differ in whatever a criterion can ask for."""
    return [*_flows(), *_flow_runs(), *_task_runs(), *_subflows()]


def _flows() -> list[RequestStep]:
    return [
        post("/flows/", {"name": "Flow_A", "tags": ["x", "y"], "labels": {"l": 1}}).named("fa"),
        post("/flows/", {"name": "flow b_", "tags": []}).named("fb"),
        post("/flows/", {"name": "ÄÖ", "tags": ["X", 'q"q']}).named("fc"),
    ]


def _flow_runs() -> list[RequestStep]:
    rows: tuple[tuple[str, str, dict[str, object]], ...] = (
        (
            "r1",
            "fa",
            {
                "name": "Run_1",
                "tags": ["a", "b"],
                "state": {"type": "RUNNING"},
                "flow_version": "v1",
            },
        ),
        ("r2", "fa", {"name": "run 2%", "idempotency_key": "k2", "deployment_id": T(900)}),
        (
            "r3",
            "fb",
            {"name": "Zed 3", "tags": ["A"], "state": {"type": "COMPLETED", "name": "Odd"}},
        ),
        (
            "r4",
            "fb",
            {"name": "r4 4", "state": _scheduled("2030-01-01T00:00:00Z"), "idempotency_key": "K2"},
        ),
        (
            "r5",
            "fc",
            {"name": "äö 5", "state": {"type": "FAILED"}, "flow_version": "", "tags": ["a", "a"]},
        ),
    )
    return [
        post("/flow_runs/", {"flow_id": f"<{flow}.id>", **fields}).named(label)
        for label, flow, fields in rows
    ]


def _scheduled(time: str, **details: object) -> dict[str, object]:
    return {"type": "SCHEDULED", "state_details": {"scheduled_time": time, **details}}


def _task_runs() -> list[RequestStep]:
    rows: tuple[tuple[int, str | None, dict[str, object]], ...] = (
        (1, "r1", {"name": "Alpha", "tags": ["a", "b"], "state": {"type": "RUNNING"}}),
        (9, "r2", {"name": "alpha2", "tags": ["a"], "state": {"type": "COMPLETED"}}),
        (3, None, {"name": "be_ta", "state": _scheduled("2030-06-01T00:00:00Z")}),
        (
            7,
            None,
            {"name": "beXta%", "tags": ["B", 'a"b'], "state": {"type": "FAILED", "name": "Boom"}},
        ),
        (5, None, {"name": "AO", "tags": ["a", "a"]}),
        (6, "r3", {"name": "ÄÖ x", "state": {"type": "CRASHED"}}),
        (4, "r3", {"name": "äö X", "tags": ["é"], "state": _scheduled("2029-06-01T00:00:00Z")}),
        (8, "r4", {"name": "[x]", "state": {"type": "PAUSED"}, "tags": [""]}),
        (2, "r5", {"name": "back\\slash", "state": {"type": "CANCELLING"}}),
        (10, "r5", {"name": "", "state": {"type": "CANCELLED"}, "tags": ["a b"]}),
        (12, "r1", {"name": "Alpha", "state": {"type": "COMPLETED", "name": "Cached"}}),
        (11, "r1", {"name": "_x 1", "state": _scheduled("2030-06-01T00:00:00+02:00")}),
        (14, None, {"name": "alpha", "state": {"type": "COMPLETED"}}),
        (13, None, {"name": "10", "state": _scheduled("2020-01-01T00:00:00Z")}),
        (
            15,
            None,
            {"name": "9", "state": {"type": "PENDING", "name": ""}, "tags": ["a", "b", "c"]},
        ),
    )
    return [_task_run(number, run, fields) for number, run, fields in rows]


def _task_run(number: int, run: str | None, fields: dict[str, object]) -> RequestStep:
    body = {"id": T(number), "task_key": "t", "dynamic_key": str(number), **fields}
    if run:
        body["flow_run_id"] = f"<{run}.id>"
    # An empty name is one that the server makes up, which no two servers do alike.
    body["name"] = body["name"] or "zz 9"
    return post("/task_runs/", body).named(f"t{number}")


def _subflows() -> list[RequestStep]:
    """Their parents mirror them: Alpha starts over, be_ta is cancelled."""
    rows = (
        ("r6", 1, {"name": "sub 6"}),
        ("r7", 3, {"name": "sub 7", "state": {"type": "CANCELLED"}}),
    )
    return [
        post(
            "/flow_runs/", {"flow_id": "<fa.id>", "parent_task_run_id": T(parent), **fields}
        ).named(label)
        for label, parent, fields in rows
    ] + [_task_run(16, "r6", {"name": "in sub 6"})]


def _after_changes() -> Program:
    asked = [_asked(criterion) for criterion in criteria.CHANGING]
    return program(
        "filters: after changes",
        *data(),
        RequestStep(
            "PATCH",
            f"/task_runs/{T(5)}",
            b'{"name": "Alpha"}',
            {"content-type": "application/json"},
        ),
        delete(f"/task_runs/{T(3)}"),
        *asked,
        delete("/flow_runs/<r2.id>"),
        *asked,
        delete("/flow_runs/<r6.id>"),
        *asked,
        delete("/flows/<fb.id>"),
        *asked,
        post("/task_runs/", {"task_key": "t", "dynamic_key": "9", "id": T(9), "name": "again 1"}),
        *asked,
        get(f"/task_runs/{T(1)}"),
    )
