"""POST /deployments/, GET, PATCH and DELETE of one, and the runs that are started from it."""

from collections.abc import Iterator, Mapping

from tests.conformance.programs import (
    Program,
    RequestStep,
    bare,
    delete,
    get,
    patch,
    post,
    program,
    some_id,
)
from tests.conformance.tables.values import deployment_bodies as bodies

FLOW = post("/flows/", {"name": "F 1", "labels": {"of": "flow", "shared": "flow"}}).named("flow")
PATH = "/deployments/<deployment.id>"
START = f"{PATH}/create_flow_run"

FULL: Mapping[str, object] = {
    "version": "1",
    "description": "d",
    "tags": ["a"],
    "parameters": {"p": 1},
    "path": ".",
    "job_variables": {"j": 1},
    "entrypoint": "e:f",
    "pull_steps": [{"s": {}}],
    "paused": True,
    "labels": {"shared": "deployment", "own": 1.0},
    "parameter_openapi_schema": bodies.SCHEMA,
    "concurrency_options": {"collision_strategy": "ENQUEUE"},
    "schedules": [{"schedule": {"cron": "0 0 * * *"}}],
}


def programs() -> Iterator[Program]:
    yield from (_life(), _names(), _updates(), _labels(), _deletion(), _of_two_flows(), _due())
    yield from _creations()
    yield from _changes()
    yield from _runs()


def _creations() -> Iterator[Program]:
    for field, values in bodies.FIELDS.items():
        for number, value in enumerate(values):
            yield _deployed(f"deployment {field} {number}", {field: value})
    for number, body in enumerate(bodies.BODIES):
        yield program(f"deployment body {number}", FLOW, post("/deployments/", body))
    for number, fields in enumerate(bodies.TOGETHER):
        yield _deployed(f"deployment fields {number}", fields)
    for number, schedule in enumerate(bodies.SCHEDULES):
        yield _deployed(f"deployment schedule {number}", {"schedules": [schedule]})


def _changes() -> Iterator[Program]:
    for number, changes in enumerate(bodies.CHANGES):
        yield _changed(f"deployment change {number}", FULL, changes)
    for number, (known, asked) in enumerate(bodies.SCHEDULE_CHANGES):
        yield _changed(f"deployment schedules {number}", {"schedules": known}, {"schedules": asked})


def _runs() -> Iterator[Program]:
    for number, fields in enumerate(bodies.RUNS):
        yield _started(f"deployment: run {number}", FULL, fields)
    of_schema = {"parameter_openapi_schema": bodies.SCHEMA}
    for number, given in enumerate(bodies.PARAMETERS):
        yield _started(f"deployment: parameters {number}", of_schema, {"parameters": given})
    of_tuple = {"parameter_openapi_schema": bodies.TUPLE}
    for number, given in enumerate(bodies.TUPLES):
        yield _started(f"deployment: tuple {number}", of_tuple, {"parameters": given})
    for number, value in enumerate(bodies.PLACEHOLDERS):
        yield _started(f"deployment: placeholder {number}", {}, {"parameters": {"a": value}})
    again = post(START, {"idempotency_key": "k"})
    yield program("deployment: run by a key", FLOW, deployment(), again, again)
    yield program("deployment: run none", post(f"/deployments/{some_id(1)}/create_flow_run", {}))


def deployment(**fields: object) -> RequestStep:
    body = {"name": "D 1", "flow_id": "<flow.id>", **fields}
    return post("/deployments/", body).named("deployment")


def _deployed(name: str, fields: Mapping[str, object]) -> Program:
    return program(name, FLOW, deployment(**fields), get(PATH))


def _changed(name: str, fields: Mapping[str, object], changes: object) -> Program:
    return program(name, FLOW, deployment(**fields), patch(PATH, changes), get(PATH))


def _started(name: str, fields: Mapping[str, object], asked: object) -> Program:
    return program(
        name,
        FLOW,
        deployment(**fields),
        post(START, asked).named("run"),
        get("/flow_runs/<run.id>"),
    )


def _life() -> Program:
    return program(
        "deployment: create, read, change, delete",
        FLOW,
        deployment(),
        get(PATH),
        get("/deployments/name/F 1/D 1"),
        patch(PATH, {"paused": True}),
        get(PATH),
        delete(PATH),
        get(PATH),
        delete(PATH),
        patch(PATH, {"paused": True}),
        get("/deployments/name/F 1/D 1"),
        deployment(),
        get("/deployments/name/F%201/D%201/"),
        get("/deployments/x"),
        delete("/flows/<flow.id>"),
        get(PATH),
        post("/deployments/", {"name": "D 1", "flow_id": some_id(1)}),
    )


def _names() -> Program:
    names = ("", " ", "é 😀", "a'b", 'a"b', "a" * 3000, "a:b", "a?b")
    steps = [post("/deployments/", {"name": name, "flow_id": "<flow.id>"}) for name in names]
    paths = ("%20", "%C3%A9%20%F0%9F%98%80", "a'b", "a%22b", "a:b", "a%3Fb", "d 1")
    reads = [get(f"/deployments/name/F 1/{path}") for path in paths]
    return program("deployment: names", FLOW, *steps, *steps, *reads, get("/deployments/name/x/ "))


def _updates() -> Program:
    return program(
        "deployment: updates by name",
        FLOW,
        deployment(**FULL),
        deployment(),
        get(PATH),
        deployment(tags=[], parameters={"q": 2}, parameter_openapi_schema=None, pull_steps=None),
        deployment(version=None, description=None, job_variables={}, concurrency_options=None),
        deployment(**FULL),
        post("/deployments/", {"name": "d 1", "flow_id": "<flow.id>"}).named("other"),
        get(PATH),
    )


def _labels() -> Program:
    own = {"shared": "deployment", "own": True}
    asked = {"shared": "run", "prefect.deployment.id": "x"}
    run = {"flow_id": "<flow.id>", "deployment_id": "<deployment.id>", "name": "FR 1"}
    return program(
        "deployment: labels of its runs",
        FLOW,
        deployment(labels=own),
        post(START, {"labels": asked}),
        post(START, {"labels": None}),
        post("/flow_runs/", {**run, "labels": asked}),
        post("/flow_runs/", run),
        deployment(labels={"prefect.flow.id": "x"}),
        post("/flow_runs/", run),
        post("/flow_runs/", {**run, "deployment_id": some_id(1)}),
    )


def _deletion() -> Program:
    def run(label: str, **fields: object) -> RequestStep:
        return post(START, fields).named(label)

    began = [{"type": kind} for kind in ("PENDING", "RUNNING", "COMPLETED", "CANCELLED")]
    labels = "bcde"
    return program(
        "deployment: what goes with it",
        FLOW,
        deployment(),
        run("a"),
        *(run(label, state=state) for label, state in zip(labels, began, strict=True)),
        run("f", state={"type": "SCHEDULED", "name": "AwaitingConcurrencySlot"}),
        run("g", state={"type": "RUNNING"}),
        post("/flow_runs/<g.id>/set_state", {"state": {"type": "SCHEDULED"}, "force": True}),
        delete(PATH),
        *(get(f"/flow_runs/<{label}.id>") for label in f"a{labels}fg"),
    )


def _of_two_flows() -> Program:
    return program(
        "deployment: of two flows",
        FLOW,
        post("/flows/", {"name": "F 2", "labels": {"of": "another"}}).named("second"),
        deployment(labels={"own": 1}),
        post("/deployments/", {"name": "D 1", "flow_id": "<second.id>"}),
        post(
            "/flow_runs/",
            {"flow_id": "<second.id>", "deployment_id": "<deployment.id>", "name": "x"},
        ),
        delete("/flows/<flow.id>"),
        get(PATH),
        get("/flow_runs/<s5.id>"),
        get("/deployments/name/F 2/D 1"),
    )


def _due() -> Program:
    def run(due: str, state: str = "SCHEDULED") -> RequestStep:
        return post(START, {"state": {"type": state, "state_details": {"scheduled_time": due}}})

    path = "/deployments/get_scheduled_flow_runs"
    return program(
        "deployment: what is due",
        FLOW,
        deployment(),
        *map(run, ("2041-01-01T00:00:00Z", "2020-01-01T00:00:00Z", "2026-01-01T00:00:00+01:00")),
        run("2021-01-01T00:00:00Z", "PENDING"),
        *(post(path, body) for body in bodies.DUE),
        *(bare(method, path) for method in ("GET", "PUT", "HEAD")),
        *(delete(f"/automations/owned-by/{name}") for name in ("<deployment.id>", "x", "a b", "")),
        *(bare(method, "/automations/owned-by/x") for method in ("GET", "POST", "HEAD")),
        *(get(f"/automations/related-to/{name}") for name in ("<deployment.id>", "x", "a b", "")),
        *(bare(method, "/automations/related-to/x") for method in ("POST", "DELETE", "HEAD")),
        *(get("/admin/storage"), bare("POST", "/admin/storage")),
        delete(PATH),
        post(path, {"deployment_ids": ["<deployment.id>"]}),
    )
