"""Job variables of pools, deployments and runs, and the blocks that are defaults of a pool's."""

from collections.abc import Iterator
from typing import Any

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
from tests.conformance.tables.documents.blocks import new_document, new_schema, new_type

Template = dict[str, Any]

FLOW = post("/flows/", {"name": "F 1"}).named("flow")
GONE = delete("/work_pools/machines")
RUNS = "/deployments/<deployment.id>/create_flow_run"
SCHEDULED = {"type": "SCHEDULED", "state_details": {"scheduled_time": "2040-01-01T00:00:00Z"}}
SECRET_FIELDS = {"title": "S", "secret_fields": ["key"]}
STRING, INTEGER, OBJECT = ({"type": kind} for kind in ("string", "integer", "object"))

AGENTS: Template = {"work_pool_name": "default-agent-pool", "job_variables": {"a": 1}}

# Defaults of a variable that name a block, or seem to; `block` is the id of one.
REFERENCES: tuple[object, ...] = (
    *({"block_document_id": "<block.id>"}, {"block_document_id": some_id(404)}),
    *({"block_document_id": None}, {"block_document_id": ""}, {"block_document_id": "x"}),
    *({"block_document_id": "{<block.id>}"}, {"other": "x"}, {}),
)
# What a block's data may have to be: without secrets, these are stars.
SHAPES: tuple[Template, ...] = (
    OBJECT,
    STRING,
    {"type": "object", "properties": {"key": INTEGER}},
    {"type": "object", "properties": {"key": {"const": "********"}, "of": {"type": "object"}}},
    {"type": "object", "properties": {"n": STRING}},
    {"type": "object", "required": ["n", "none"]},
)
CHANGES: tuple[object, ...] = (
    *({"count": 2}, {"count": "x"}, {}, None, {"count": None}, {"size": 1}),
    {"count": 3, "size": "x", "more": 1},
)


def programs() -> Iterator[Program]:
    yield from (_references(), _shapes(), _gone(), _invalid_schema())
    yield from (_changes(), _changes_elsewhere(), _changed_pool())


def _template(required: tuple[str, ...] = (), **variables: Template) -> Template:
    job = {name: f"{{{{ {name} }}}}" for name in variables}
    schema = {"type": "object", "properties": variables, "required": [*required]}
    return {"job_configuration": job, "variables": schema}


def _pool(template: Template) -> RequestStep:
    body = {"name": "machines", "type": "process", "base_job_template": template}
    return post("/work_pools/", body).named("pool")


def _deploy(name: str = "d", **fields: object) -> RequestStep:
    body = {"name": name, "flow_id": "<flow.id>", "work_pool_name": "machines", **fields}
    return post("/deployments/", body).named("deployment")


def _block() -> Iterator[RequestStep]:
    """A block with a secret, and another one inside."""
    yield new_type("t-job").named("t")
    yield new_schema("t", SECRET_FIELDS).named("s")
    yield new_document("t", "s", name="in", data={"key": "x"}).named("in")
    inside = {"$ref": {"block_document_id": "<in.id>"}}
    yield new_document("t", "s", name="b", data={"key": 1, "n": 2, "of": inside}).named("block")


def _with_default(reference: object, shape: Template = OBJECT) -> Template:
    return _template(x={**shape, "default": {"$ref": reference}}, count=INTEGER)


def _references() -> Program:
    pools = [step for ref in REFERENCES for step in (_pool(_with_default(ref)), GONE)]
    return program("job variables: defaults that name blocks", *_block(), *pools)


def _shapes() -> Program:
    found = {"block_document_id": "<block.id>"}
    pools = [step for one in SHAPES for step in (_pool(_with_default(found, one)), GONE)]
    return program("job variables: the data of blocks", *_block(), *pools)


def _gone() -> Program:
    """A pool whose block is deleted: who needs its variables is told so."""
    template = _with_default({"block_document_id": "<block.id>"})
    return program(
        "job variables: a block that is gone",
        *_block(),
        FLOW,
        _pool(template),
        _deploy(job_variables={"count": 1}),
        post(RUNS, {"state": SCHEDULED}).named("run"),
        post(f"{RUNS}/bulk", [{"name": "one"}]),
        delete("/block_documents/<block.id>"),
        _deploy("other", job_variables={"count": 1}),
        _deploy("none", job_variables={}),
        post(RUNS, {}),
        post(RUNS, {"job_variables": {"x": {}}}),
        post(f"{RUNS}/bulk", [{"name": "one"}]),
        patch("/flow_runs/<run.id>", {"job_variables": {"count": 1}}),
        patch("/work_pools/machines", {"base_job_template": template}),
        patch("/work_pools/machines", {"description": "d"}),
        GONE,
    )


def _invalid_schema() -> Program:
    template = _with_default({"block_document_id": some_id(404)}, {"type": "nonsense"})
    wrong = _with_default({"block_document_id": some_id(404)})
    wrong["variables"]["properties"]["count"] = {"type": "string", "default": 1}
    return program("job variables: what is told first", _pool(template), _pool(wrong), GONE)


def _changes() -> Program:
    """Changes of a scheduled run, whose pool needs `size`."""
    template = _template(("size",), count={**INTEGER, "default": 1}, size=STRING)
    looked_at = [
        step
        for given in CHANGES
        for step in (
            patch("/flow_runs/<run.id>", {"job_variables": given}),
            get("/flow_runs/<run.id>"),
        )
    ]
    return program(
        "job variables: changes of a run",
        FLOW,
        _pool(template),
        _deploy(job_variables={"size": "s"}),
        post(RUNS, {"state": SCHEDULED}).named("run"),
        *looked_at,
        patch("/deployments/<deployment.id>", {"job_variables": {"count": "x"}}),
        *looked_at[:2],
        patch("/flow_runs/<run.id>", {"name": "n", "tags": ["a"]}),
        patch("/flow_runs/<run.id>", {"job_variables": {"size": 1}, "tags": ["b"]}),
        *looked_at[:2],
        GONE,
        looked_at[2],
    )


def _changes_elsewhere() -> Program:
    """Changes of runs that can't have job variables, and of one without a pool."""
    wrong = {"job_variables": {"count": "x"}}
    path = "/flow_runs/<run.id>"
    return program(
        "job variables: changes of other runs",
        FLOW,
        _pool(_template(count=INTEGER)),
        _deploy(),
        post(RUNS, {"state": {"type": "RUNNING"}}).named("run"),
        patch(path, wrong),
        post("/flow_runs/", {"flow_id": "<flow.id>", "state": SCHEDULED}).named("run"),
        patch(path, wrong),
        patch(f"/flow_runs/{some_id(404)}", wrong),
        _deploy("served", work_pool_name=None),
        post(RUNS, {"state": SCHEDULED}).named("run"),
        *(patch(path, wrong), get(path)),
        # The pool of old clients, which may not be there.
        *(_deploy("agents", **AGENTS, **queue) for queue in ({}, {"work_queue_name": "q"})),
        post(RUNS, {"state": SCHEDULED}).named("run"),
        *(patch(path, wrong), get(path)),
        _deploy("gone"),
        post(RUNS, {"state": SCHEDULED}).named("run"),
        delete("/deployments/<deployment.id>"),
        patch(path, wrong),
        GONE,
    )


def _changed_pool() -> Program:
    """Runs whose pool gets another template, which checks no default."""
    broken = _template(count={**INTEGER, "default": "x"}, size=STRING)
    return program(
        "job variables: a pool that changes",
        FLOW,
        _pool(_template(count=INTEGER)),
        _deploy(job_variables={"count": 1}),
        post(RUNS, {"state": SCHEDULED}).named("run"),
        patch("/work_pools/machines", {"base_job_template": broken}),
        patch("/flow_runs/<run.id>", {"job_variables": {"size": 1}}),
        patch("/flow_runs/<run.id>", {"job_variables": {"size": "s"}}),
        patch("/work_pools/machines", {"base_job_template": _template(count=STRING)}),
        patch("/flow_runs/<run.id>", {"job_variables": {}}),
        patch("/flow_runs/<run.id>", {"job_variables": {"count": "c"}}),
        get("/flow_runs/<run.id>"),
        GONE,
    )
