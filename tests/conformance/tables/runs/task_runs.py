"""Create, read, update and delete task runs: what they do to each other."""

from collections.abc import Iterator

from tests.conformance.programs import (
    Program,
    RequestStep,
    delete,
    get,
    patch,
    post,
    program,
    some_id,
)
from tests.conformance.tables.runs.flow_runs import FLOW, flow_run
from tests.conformance.tables.values.states import TYPES


def task_run(**fields: object) -> RequestStep:
    return post("/task_runs/", {"task_key": "t", "dynamic_key": "1", "name": "T 1", **fields})


def programs() -> Iterator[Program]:
    yield from (_life(), _generated(), _identity(), _identity_in_flow_run(), _labels(), _updates())
    yield _deletions()
    yield program(
        "task runs of each state, in a flow run and without",
        FLOW,
        flow_run().named("run"),
        *(task_run(dynamic_key=kind, state={"type": kind}) for kind in TYPES),
        *(
            task_run(dynamic_key=kind, state={"type": kind}, flow_run_id="<run.id>")
            for kind in TYPES
        ),
        *(get(f"/task_runs/<s{n}.id>") for n in range(3, 3 + 2 * len(TYPES))),
    )
    yield program(
        "task runs that are not there",
        get(f"/task_runs/{some_id(1)}"),
        patch(f"/task_runs/{some_id(1)}", {"name": "x 1"}),
        patch(f"/task_runs/{some_id(1)}", {}),
        patch(f"/task_runs/{some_id(1)}", {"x": 1}),
        delete(f"/task_runs/{some_id(1)}"),
    )


def _life() -> Program:
    return program(
        "task run: create, read, rename, delete",
        task_run(id=some_id(1)),
        get(f"/task_runs/{some_id(1)}"),
        task_run(id=some_id(2), name="ignored 1", tags=["ignored"], state={"type": "RUNNING"}),
        patch(f"/task_runs/{some_id(1)}", {"name": "T 2"}),
        get(f"/task_runs/{some_id(1)}"),
        patch(f"/task_runs/{some_id(1)}", {}),
        get(f"/task_runs/{some_id(1)}"),
        delete(f"/task_runs/{some_id(1)}"),
        get(f"/task_runs/{some_id(1)}"),
        delete(f"/task_runs/{some_id(1)}"),
        patch(f"/task_runs/{some_id(1)}", {"name": "T 3"}),
        get(f"/task_runs/{some_id(2)}"),
        task_run(id=some_id(1)),
        get(f"/task_runs/{some_id(1)}"),
    )


def _generated() -> Program:
    return program(
        "task run: the server picks id and name",
        post("/task_runs/", {"task_key": "t", "dynamic_key": "1"}),
        get("/task_runs/<s1.id>"),
        post("/task_runs/", {"task_key": "t", "dynamic_key": "1"}),
        patch("/task_runs/<s1.id>", {"name": None}),
        get("/task_runs/<s1.id>"),
        patch("/task_runs/<s1.id>", {"name": "T 1"}),
        post("/task_runs/filter", {"sort": "NAME_ASC"}),
        delete("/task_runs/<s1.id>"),
    )


def _identity() -> Program:
    return program(
        "task run: one for each identity",
        task_run(id=some_id(1)),
        task_run(id=some_id(1), dynamic_key="2"),
        task_run(id=some_id(1)),
        task_run(id=some_id(2), task_key="T"),
        task_run(id=some_id(3), task_key=""),
        task_run(id=some_id(4), task_key="", dynamic_key=""),
        task_run(id=some_id(5), task_key="t 1", dynamic_key=""),
        task_run(id=some_id(6), task_key="t", dynamic_key=" 1"),
        task_run(id=some_id(7), task_key="t-1", dynamic_key="1-1"),
        task_run(id=some_id(8), task_key="t-1-1", dynamic_key="1"),
        task_run(id=some_id(9), task_key="k" * 3000, dynamic_key="d" * 3000),
        task_run(id=some_id(10), task_key="k" * 3000, dynamic_key="d" * 3000),
        task_run(id=some_id(11), task_key="é", dynamic_key="1"),
        task_run(id=some_id(12), task_key="e\u0301", dynamic_key="1"),
        task_run(id=some_id(13), task_key="#", dynamic_key="#"),
        task_run(id=some_id(14), task_key="##", dynamic_key=""),
        task_run(task_key="##", dynamic_key="", id="not an id"),
        task_run(flow_run_id=some_id(99)),
        post("/task_runs/filter", {}),
        delete(f"/task_runs/{some_id(1)}"),
        task_run(id=some_id(15)),
        task_run(id=some_id(1), dynamic_key="2"),
        post("/task_runs/filter", {"sort": "NAME_DESC"}),
    )


def _identity_in_flow_run() -> Program:
    return program(
        "task run: one for each identity in a flow run",
        FLOW,
        flow_run().named("run"),
        flow_run(name="FR 2").named("other"),
        task_run(id=some_id(1), flow_run_id="<run.id>"),
        task_run(id=some_id(2), flow_run_id="<run.id>", name="ignored 1"),
        task_run(id=some_id(3), flow_run_id="<other.id>"),
        task_run(id=some_id(4)),
        task_run(id=some_id(1), flow_run_id="<other.id>", dynamic_key="2"),
        task_run(id=some_id(1), flow_run_id=some_id(99), dynamic_key="2"),
        task_run(id=some_id(1), flow_run_id=some_id(99)),
        task_run(id=some_id(5), flow_run_id="<run.id>", task_key="u"),
        post("/task_runs/filter", {}),
        delete("/flow_runs/<other.id>"),
        task_run(id=some_id(6), flow_run_id="<other.id>"),
        get(f"/task_runs/{some_id(3)}"),
        task_run(id=some_id(3), flow_run_id="<run.id>", dynamic_key="3"),
        get(f"/task_runs/{some_id(3)}"),
        delete("/flows/<flow.id>"),
        post("/task_runs/filter", {}),
    )


def _labels() -> Program:
    return program(
        "task run: labels are merged",
        FLOW,
        flow_run(labels={"of": "run", "run": 1}).named("run"),
        task_run(dynamic_key="1", flow_run_id="<run.id>"),
        task_run(dynamic_key="2", flow_run_id="<run.id>", labels={"mine": 1.0, "of": "task"}),
        task_run(
            dynamic_key="3",
            flow_run_id="<run.id>",
            labels={"prefect.flow-run.id": 1, "b": True, "prefect.flow.id": "mine", "a": 2},
        ),
        task_run(dynamic_key="4", flow_run_id="<run.id>", labels=None),
        task_run(dynamic_key="5", labels={"b": 1, "a": 2}),
        post("/flows/", {"name": "F 4", "labels": None}).named("bare"),
        post("/flow_runs/", {"flow_id": "<bare.id>", "name": "FR 3", "labels": None}).named("last"),
        task_run(dynamic_key="6", flow_run_id="<last.id>"),
        *(get(f"/task_runs/<s{n}.id>") for n in (3, 4, 5, 6, 7, 10)),
        post("/task_runs/filter", {"sort": "EXPECTED_START_TIME_ASC"}),
    )


def _updates() -> Program:
    names: tuple[object, ...] = (
        "T 2",
        "",
        " ",
        None,
        0,
        [],
        {},
        False,
        "é😀 1",
        5,
        True,
        ["a"],
        1.5,
    )
    changes = (patch(f"/task_runs/{some_id(1)}", {"name": name}) for name in names)
    reads = get(f"/task_runs/{some_id(1)}")
    others: tuple[object, ...] = (
        {"x": 1},
        {"name": "a 1", "tags": []},
        {"tags": ["a"]},
        [],
        "x",
        5,
        None,
        {"id": some_id(2)},
    )
    return program(
        "task run: renaming",
        task_run(id=some_id(1)),
        *(step for change in changes for step in (change, reads)),
        *(patch(f"/task_runs/{some_id(1)}", body) for body in others),
        reads,
    )


def _deletions() -> Program:
    return program(
        "task run: what deleting leaves",
        FLOW,
        flow_run().named("run"),
        task_run(id=some_id(1), flow_run_id="<run.id>", state={"type": "RUNNING"}),
        task_run(id=some_id(2), dynamic_key="2", state={"type": "COMPLETED"}),
        flow_run(parent_task_run_id=some_id(2), name="FR 2").named("sub"),
        delete(f"/task_runs/{some_id(1)}"),
        delete(f"/task_runs/{some_id(2)}"),
        get("/flow_runs/<sub.id>"),
        get("/flow_runs/<run.id>"),
        post("/task_runs/filter", {}),
        task_run(id=some_id(1), flow_run_id="<run.id>"),
        task_run(id=some_id(2), dynamic_key="2"),
        post("/task_runs/filter", {}),
    )
