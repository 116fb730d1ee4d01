"""Limits of deployments: their lives, and the slots that flow runs take of them."""

from collections.abc import Iterator

from tests.conformance.programs import Program, RequestStep, delete, get, patch, post, program

FLOW = post("/flows/", {"name": "F 1"}).named("flow")
DEPLOYMENT = "/deployments/<deployment.id>"
SHARED = post("/v2/concurrency_limits/", {"name": "shared", "limit": 3}).named("limit")
BY_NAME = "/v2/concurrency_limits/deployment:<deployment.id>"
STOCK, OLD = "prefect/3.9.1 (API 0.8.4)", "prefect/3.2.0 (API 0.8.4)"
CANCEL_NEW = {"collision_strategy": "CANCEL_NEW", "grace_period_seconds": 60}


def programs() -> Iterator[Program]:
    yield from (_own_limit(), _shared_limit(), _both_limits(), _ends())
    yield _slots("ENQUEUE")
    yield _slots("CANCEL_NEW", concurrency_options=CANCEL_NEW)
    yield from (_old_client(), _retries(), _lost_lease(), _no_slots())


def _deploy(**fields: object) -> RequestStep:
    body = {"name": "D 1", "flow_id": "<flow.id>", **fields}
    return post("/deployments/", body).named("deployment")


def _patched(**fields: object) -> Iterator[RequestStep]:
    yield patch(DEPLOYMENT, fields)
    yield get(DEPLOYMENT)


def _own_limit() -> Program:
    return program(
        "deployment limit: its own",
        FLOW,
        _deploy(concurrency_limit=2),
        get(BY_NAME),
        _deploy(),
        _deploy(concurrency_limit=3),
        *_patched(concurrency_limit=4),
        *_patched(tags=["t"]),
        get("/deployments/name/F 1/D 1"),
        post("/deployments/filter", {}),
        post("/deployments/paginate", {}),
        *_patched(concurrency_limit=None),
        get(BY_NAME),
        *_patched(concurrency_limit=5),
        _deploy(concurrency_limit=None),
        _deploy(concurrency_limit=1, concurrency_options=CANCEL_NEW),
        *_patched(concurrency_options=None),
        delete(DEPLOYMENT),
        get(BY_NAME),
    )


def _shared_limit() -> Program:
    shared = {"global_concurrency_limit_id": "<limit.id>"}
    return program(
        "deployment limit: a shared one",
        FLOW,
        SHARED,
        _deploy(**shared),
        get("/v2/concurrency_limits/shared"),
        *_patched(global_concurrency_limit_id=None),
        *_patched(**shared),
        *_patched(concurrency_limit=6),
        get("/v2/concurrency_limits/shared"),
        patch("/v2/concurrency_limits/shared", {"name": "renamed"}),
        get(DEPLOYMENT),
        *_patched(concurrency_limit=None),
        get("/v2/concurrency_limits/renamed"),
    )


def _both_limits() -> Program:
    return program(
        "deployment limit: one after the other",
        FLOW,
        SHARED,
        _deploy(concurrency_limit=2),
        *_patched(global_concurrency_limit_id="<limit.id>"),
        get(BY_NAME),
        delete("/v2/concurrency_limits/shared"),
        get(DEPLOYMENT),
        # The name is taken.
        *_patched(concurrency_limit=1),
        delete(BY_NAME),
        *_patched(concurrency_limit=1),
        delete(BY_NAME),
        get(DEPLOYMENT),
    )


def _ends() -> Program:
    return program(
        "deployment limit: ends",
        FLOW,
        SHARED,
        _deploy(global_concurrency_limit_id="<limit.id>"),
        delete(DEPLOYMENT),
        get("/v2/concurrency_limits/shared"),
        _deploy(concurrency_limit=1),
        delete("/flows/<flow.id>"),
        get(BY_NAME),
        delete(BY_NAME),
    )


def _started(label: str, **fields: object) -> RequestStep:
    return post(f"{DEPLOYMENT}/create_flow_run", {"name": label, **fields}).named(label)


def _entered(
    label: str, kind: str, name: str | None = None, *, by: str = STOCK, force: bool = False
) -> Iterator[RequestStep]:
    state = {"type": kind, **({"name": name} if name else {})}
    yield post(
        f"/flow_runs/<{label}.id>/set_state", {"state": state, "force": force}, user_agent=by
    )
    yield get(DEPLOYMENT)


def _slots(strategy: str, **fields: object) -> Program:
    return program(
        f"deployment limit: slots, {strategy}",
        FLOW,
        _deploy(concurrency_limit=1, **fields),
        _started("one"),
        _started("other"),
        *_entered("one", "PENDING"),
        *_entered("one", "PENDING", "Submitting"),
        *_entered("other", "PENDING"),
        get("/flow_runs/<other.id>"),
        *_entered("one", "RUNNING"),
        *_entered("one", "CANCELLING"),
        *_entered("one", "CANCELLED"),
        _started("third"),
        *_entered("third", "PENDING"),
        delete("/flow_runs/<third.id>"),
        get(DEPLOYMENT),
        _started("fourth"),
        *_entered("fourth", "PENDING"),
        *_entered("fourth", "SCHEDULED"),
        *_entered("fourth", "PENDING"),
        *_entered("fourth", "CRASHED", force=True),
    )


def _old_client() -> Program:
    return program(
        "deployment limit: an old client",
        FLOW,
        _deploy(concurrency_limit=1),
        _started("one"),
        *_entered("one", "PENDING", by=OLD),
        *_entered("one", "RUNNING", by=OLD),
        *_entered("one", "COMPLETED", by=OLD),
    )


def _retries() -> Program:
    return program(
        "deployment limit: retries",
        FLOW,
        _deploy(concurrency_limit=1),
        _started("one", empirical_policy={"retries": 1, "retry_delay": 0}),
        *_entered("one", "PENDING"),
        *_entered("one", "RUNNING"),
        *_entered("one", "FAILED"),
        *_entered("one", "RUNNING"),
        *_entered("one", "PAUSED"),
    )


def _lost_lease() -> Program:
    lease = "<taken.state.state_details.deployment_concurrency_lease_id>"
    taken, _ = _entered("one", "PENDING")
    lost = post("/v2/concurrency_limits/decrement-with-lease", {"lease_id": lease})
    return program(
        "deployment limit: a lost lease",
        FLOW,
        _deploy(concurrency_limit=1),
        _started("one"),
        taken.named("taken"),
        post(f"/v2/concurrency_limits/leases/{lease}/renew", {"lease_duration": 60}),
        lost,
        get(DEPLOYMENT),
        *_entered("one", "RUNNING"),
    )


def _no_slots() -> Program:
    return program(
        "deployment limit: none to take",
        FLOW,
        _deploy(concurrency_limit=1),
        _started("one"),
        patch(BY_NAME, {"limit": 0}),
        *_entered("one", "PENDING"),
        patch(BY_NAME, {"limit": 5, "active": False}),
        *_entered("one", "PENDING"),
        *_entered("one", "PENDING", force=True),
    )
