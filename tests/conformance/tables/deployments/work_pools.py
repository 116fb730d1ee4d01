"""Work pools, their queues and workers, and the deployments and runs in them."""

from collections.abc import Iterator, Mapping

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

POOL = "/work_pools/<pool.name>"
QUEUES, WORKERS = f"{POOL}/queues", f"{POOL}/workers"
POLL = f"{POOL}/get_scheduled_flow_runs"
GONE = delete("/work_pools/machines")
FLOW = post("/flows/", {"name": "F 1"}).named("flow")
BASE = {
    "job_configuration": {"count": "{{ count }}"},
    "variables": {"properties": {"count": {"type": "integer"}}},
}

CREATIONS: tuple[Mapping[str, object], ...] = (
    {"type": "process", "description": "d", "is_paused": True, "concurrency_limit": 3},
    {"name": "Prefect-x"},
    {"name": "a/b"},
    {"name": " '"},
    {"name": 5},
    {"type": None},
    {"concurrency_limit": -1},
    {"is_paused": None},
    {"unknown": 1},
    {"base_job_template": None},
    {"base_job_template": BASE},
    {"base_job_template": {"a": 1}},
    {"base_job_template": {**BASE, "variables": {"properties": {}, "type": "object"}}},
    {"base_job_template": {**BASE, "variables": {"type": "nonsense", "properties": {"count": {}}}}},
    {
        "base_job_template": {
            **BASE,
            "variables": {"properties": {"count": {"type": "string", "default": 1}}},
        }
    },
    {"storage_configuration": {"bundle_upload_step": {"a": 1}}},
    {"storage_configuration": {"unknown": 1}},
)
CHANGES: tuple[Mapping[str, object], ...] = (
    {"description": "x", "concurrency_limit": 2},
    {"is_paused": True},
    {"is_paused": False},
    {"is_paused": None},
    {"storage_configuration": None},
    {"storage_configuration": {"bundle_execution_step": {"b": 1}}},
    {"base_job_template": {"x": 1}},
    {"name": "x"},
    {},
)
QUEUE_CHANGES: tuple[Mapping[str, object], ...] = (
    {"priority": 1},
    {"priority": 20},
    {"priority": 0},
    {"priority": None},
    {"is_paused": True},
    {"is_paused": None},
    {"name": "default"},
    {"name": None},
    {"name": "renamed"},
    {"description": None},
    {"concurrency_limit": 0, "filter": {"tags": ["a"]}},
    {"last_polled": "2020-01-01T00:00:00Z"},
    {"unknown": 1},
)
OF_DEPLOYMENTS: tuple[Mapping[str, object], ...] = (
    {"work_pool_name": "<pool.name>"},
    {"work_pool_name": "<pool.name>", "work_queue_name": "new"},
    {"work_queue_name": "of agents"},
    {"work_pool_name": "none"},
    {"work_pool_name": "default-agent-pool"},
    {"work_pool_name": None},
    {"work_queue_name": None},
    {"work_pool_name": "<pool.name>", "job_variables": {"count": "x"}},
)


def programs() -> Iterator[Program]:
    yield from _pools()
    yield from _queues()
    yield _workers()
    yield from _deployments()
    yield from (_polls(), _slots(), _old_queues(), _unknown())


def made(**fields: object) -> RequestStep:
    return post("/work_pools/", {"name": "machines", "type": "process", **fields}).named("pool")


def _pools() -> Iterator[Program]:
    for number, fields in enumerate(CREATIONS):
        yield program(
            f"work pool {number}", post("/work_pools/", {"name": "machines", **fields}), GONE
        )
    for number, fields in enumerate(CHANGES):
        yield program(
            f"work pool change {number}",
            *(made(), patch(POOL, fields), get(POOL), delete(POOL), get(POOL)),
        )


def _queues() -> Iterator[Program]:
    creations = [
        {"name": "q1"},
        {"name": "q1"},
        {"name": "q2", "priority": 1},
        {"name": "q9", "priority": 9},
        {"name": "q3", "is_paused": True},
        {"name": "q/4"},
        {"name": ""},
        {"name": "q5", "description": None},
    ]
    listing = post(f"{QUEUES}/filter", {})
    steps = [post(QUEUES, body) for body in creations]
    yield program(
        "work queues",
        made(),
        *steps,
        listing,
        post(
            f"{QUEUES}/filter",
            {"work_queues": {"name": {"startswith_": ["Q"]}}, "limit": 1, "offset": 1},
        ),
        GONE,
    )
    for number, changes in enumerate(QUEUE_CHANGES):
        yield program(
            f"work queue change {number}",
            made(),
            post(QUEUES, {"name": "q1"}),
            post(QUEUES, {"name": "q2"}),
            patch(f"{QUEUES}/q2", changes),
            *(listing, delete(f"{QUEUES}/q1"), listing, GONE),
        )


def _workers() -> Program:
    beats = [
        post(f"{WORKERS}/heartbeat", body)
        for body in ({"name": "w"}, {"name": "w", "heartbeat_interval_seconds": 60}, {})
    ]
    listing = post(f"{WORKERS}/filter", {"workers": {"status": {"any_": ["ONLINE"]}}})
    return program(
        "workers",
        made(),
        *beats,
        listing,
        *(delete(f"{WORKERS}/w"), delete(f"{WORKERS}/w"), listing, GONE),
    )


def _deployments() -> Iterator[Program]:
    path = "/deployments/<deployment.id>"
    for number, fields in enumerate(OF_DEPLOYMENTS):
        body = {"name": "d", "flow_id": "<flow.id>", **fields}
        known = {"name": "d", "flow_id": "<flow.id>", "work_pool_name": "<pool.name>"}
        yield program(
            f"pool of a deployment {number}",
            FLOW,
            made(base_job_template=BASE),
            post("/deployments/", body).named("deployment"),
            GONE,
        )
        yield program(
            f"pool of a known deployment {number}",
            FLOW,
            made(base_job_template=BASE),
            post("/deployments/", known),
            post("/deployments/", body),
            GONE,
        )
        if fields.get("work_pool_name") != "none":
            changes = {name: value for name, value in fields.items() if name != "job_variables"}
            yield program(
                f"change of a deployment's pool {number}",
                FLOW,
                made(),
                post("/deployments/", known).named("deployment"),
                patch(path, changes),
                get(path),
                post(f"{path}/create_flow_run", {"name": "r", "work_queue_name": "run"}),
                GONE,
            )


def _polls() -> Program:
    path = "/deployments/<deployment.id>/create_flow_run"
    body = {"name": "d", "flow_id": "<flow.id>", "work_pool_name": "<pool.name>"}
    runs = [
        {"name": "a", "work_queue_name": "default", "state": _scheduled(3)},
        {"name": "b", "work_queue_name": "default", "state": _scheduled(2)},
        {"name": "u2", "work_queue_name": "urgent", "state": _scheduled(5)},
        {"name": "u1", "work_queue_name": "urgent", "state": _scheduled(4)},
    ]
    polls: list[Mapping[str, object]] = [
        {},
        {"limit": 1},
        {"limit": 201},
        {"work_queue_names": ["default"]},
        {"work_queue_names": ["none"]},
        {"scheduled_before": "2020-01-03T00:00:00Z"},
        {"scheduled_after": "2020-01-04T00:00:00Z"},
    ]
    return program(
        "polls of a work pool",
        FLOW,
        made(concurrency_limit=3),
        post(QUEUES, {"name": "urgent", "priority": 1}),
        post("/deployments/", body).named("deployment"),
        *(post(path, run) for run in runs),
        *(post(POLL, poll) for poll in polls),
        patch(f"{QUEUES}/urgent", {"is_paused": True}),
        post(POLL, {}),
        patch(f"{QUEUES}/urgent", {"is_paused": False, "concurrency_limit": 1}),
        post(POLL, {}),
        patch(POOL, {"is_paused": True}),
        post(POLL, {}),
        GONE,
    )


def _scheduled(day: int) -> Mapping[str, object]:
    return {"type": "SCHEDULED", "state_details": {"scheduled_time": f"2020-01-0{day}T00:00:00Z"}}


def _slots() -> Program:
    run = {"flow_id": "<flow.id>", "work_pool_name": "<pool.name>", "name": "r"}
    path = "/flow_runs/<run.id>/set_state"
    states = [post(path, {"state": {"type": kind}}) for kind in ("PENDING", "RUNNING", "COMPLETED")]
    steps = [step for state in states for step in (state, get(POOL), post(POLL, {}))]
    return program(
        "slots of a work pool",
        FLOW,
        made(concurrency_limit=1),
        post("/flow_runs/", {**run, "state": _scheduled(1)}).named("run"),
        post(POLL, {}),
        *steps,
        post("/flow_runs/", {**run, "work_queue_name": "none"}),
        post("/flow_runs/", {**run, "work_pool_name": "none"}),
        post(f"{POOL}/concurrency_status", {"page": 0}),
        post(f"{POOL}/concurrency_status", {"flow_run_limit": 201}),
        GONE,
    )


def _old_queues() -> Program:
    queue = "/work_queues/<queue.id>"
    return program(
        "old work queues",
        post("/work_queues/", {"name": "old", "priority": 5, "concurrency_limit": 2}).named(
            "queue"
        ),
        get(queue),
        get(f"{queue}/status"),
        post(f"{queue}/get_runs", {}),
        post(f"{queue}/concurrency_status", {"limit": 5}),
        patch(queue, {"is_paused": True}),
        get(queue),
        post("/work_queues/", {"name": "a/b"}),
        delete(queue),
        get(queue),
    )


def _unknown() -> Program:
    queue = f"/work_queues/{some_id(1)}"
    return program(
        "unknown work pools",
        get("/work_pools/none"),
        patch("/work_pools/none", {}),
        delete("/work_pools/none"),
        patch("/work_pools/prefect", {"description": "d"}),
        delete("/work_pools/prefect"),
        post("/work_pools/none/queues", {"name": "q"}),
        get("/work_pools/none/queues/q"),
        post("/work_pools/none/workers/heartbeat", {"name": "w"}),
        post("/work_pools/none/concurrency_status", {}),
        get(queue),
        patch(queue, {}),
        delete(queue),
        get(f"{queue}/status"),
        post(f"{queue}/get_runs", {}),
        post(f"{queue}/concurrency_status", {}),
        get("/work_queues/name/none"),
        get("/collections/views/none"),
    )
