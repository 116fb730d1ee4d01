"""The operations that write, each asked of a table that holds what it needs, and their calls."""

import httpx

from tests.store.support.asking import (
    Asked,
    Asking,
    flow_run_id,
    made,
    new_flow,
    new_flow_run,
    new_task_run,
    removal,
)

TAGS = ["a", "b", "a", ""]


def create_task_run(_: httpx.Client) -> Asked:
    return new_task_run(tags=TAGS)


def create_background_run(_: httpx.Client) -> Asked:
    return new_task_run(state={"type": "SCHEDULED", "state_details": {"deferred": True}})


def create_task_run_in_a_flow_run(api: httpx.Client) -> Asked:
    return new_task_run(flow_run_id=flow_run_id(api))


def create_task_run_again(api: httpx.Client) -> Asked:
    made(api, new_task_run())
    return new_task_run()


def rename_task_run(api: httpx.Client) -> Asked:
    run = made(api, new_task_run())
    return Asked("PATCH", f"/task_runs/{run['id']}", {"name": "other"})


def delete_task_run(api: httpx.Client) -> Asked:
    asked = new_task_run(flow_run_id=flow_run_id(api), tags=TAGS)
    return removal("task_runs", made(api, asked))


def delete_parent_of_a_subflow_run(api: httpx.Client) -> Asked:
    return removal("task_runs", subflow_run(api)[0])


def subflow_run(api: httpx.Client) -> tuple[dict[str, str], dict[str, str]]:
    parent, flow = made(api, new_task_run()), made(api, new_flow())
    return parent, made(api, new_flow_run(flow["id"], parent_task_run_id=parent["id"]))


def create_flow(_: httpx.Client) -> Asked:
    return new_flow()


def delete_flow(api: httpx.Client) -> Asked:
    flow = made(api, new_flow())
    flow_run = made(api, new_flow_run(flow["id"]))
    made(api, new_task_run(flow_run_id=flow_run["id"]))
    return removal("flows", flow)


def create_flow_run(api: httpx.Client) -> Asked:
    return new_flow_run(made(api, new_flow())["id"], idempotency_key="1", tags=TAGS)


def tag_flow_run(api: httpx.Client) -> Asked:
    run = made(api, create_flow_run(api))
    return Asked("PATCH", f"/flow_runs/{run['id']}", {"tags": ["b", "c"]})


def create_subflow_run(api: httpx.Client) -> Asked:
    parent, flow = made(api, new_task_run()), made(api, new_flow())
    return new_flow_run(flow["id"], idempotency_key="1", parent_task_run_id=parent["id"])


def delete_subflow_run(api: httpx.Client) -> Asked:
    return removal("flow_runs", subflow_run(api)[1])


def delete_flow_run(api: httpx.Client) -> Asked:
    flow = made(api, new_flow())
    run = made(api, new_flow_run(flow["id"], idempotency_key="1", tags=TAGS))
    made(api, new_task_run(flow_run_id=run["id"], dynamic_key="0"))
    made(api, new_task_run(flow_run_id=run["id"], dynamic_key="1"))
    return removal("flow_runs", run)


def new_deployment(api: httpx.Client) -> Asked:
    flow = made(api, new_flow())
    return Asked("POST", "/deployments/", {"name": "nightly", "flow_id": flow["id"]})


def update_deployment(api: httpx.Client) -> Asked:
    asked = new_deployment(api)
    made(api, asked)
    return asked


def start_flow_run(api: httpx.Client) -> Asked:
    deployment = made(api, new_deployment(api))
    started = f"/deployments/{deployment['id']}/create_flow_run"
    return Asked("POST", started, {"idempotency_key": "1"})


def delete_deployment(api: httpx.Client) -> Asked:
    deployment = made(api, new_deployment(api))
    made(api, Asked("POST", f"/deployments/{deployment['id']}/create_flow_run", {}))
    return removal("deployments", deployment)


GET, QUERY, PUT, TRANSACT = "GetItem", "Query", "PutItem", "TransactWriteItems"

# What each asks DynamoDB, in order.
CALLS: dict[Asking, list[str]] = {
    create_task_run: [TRANSACT],
    create_background_run: [TRANSACT],
    create_task_run_in_a_flow_run: [GET, TRANSACT],
    create_task_run_again: [TRANSACT, GET],
    rename_task_run: [GET, PUT],
    delete_task_run: [QUERY, TRANSACT],
    delete_parent_of_a_subflow_run: [QUERY, GET, TRANSACT],
    create_flow: [TRANSACT],
    create_flow_run: [GET, TRANSACT],
    tag_flow_run: [GET, TRANSACT],
    create_subflow_run: [GET, GET, TRANSACT],
    delete_subflow_run: [GET, GET, TRANSACT, QUERY, QUERY, QUERY, QUERY],
    # Task runs are removed side by side, so that their calls come in any order.
    delete_flow_run: [
        *(GET, TRANSACT, QUERY, QUERY, QUERY, TRANSACT, TRANSACT),
        *(QUERY, QUERY, QUERY),
    ],
    delete_flow: [
        *(GET, TRANSACT, QUERY, GET, TRANSACT, QUERY, QUERY, TRANSACT),
        *(QUERY, QUERY, QUERY, QUERY),
    ],
    new_deployment: [GET, GET, TRANSACT],
    update_deployment: [GET, GET, GET, PUT],
    start_flow_run: [GET, GET, GET, TRANSACT],
    delete_deployment: [GET, TRANSACT, QUERY, GET, TRANSACT, *[QUERY] * 6],
}

# By how many calls it is done; what follows, the stream does where the request fails.
COMMITTED: dict[Asking, int] = {
    delete_subflow_run: 3,
    delete_flow_run: 2,
    delete_flow: 2,
    delete_deployment: 2,
}

# What there is afterwards: task runs, flow runs, flows.
OUTCOMES: dict[Asking, tuple[int, int, int]] = {
    create_task_run: (1, 0, 0),
    create_background_run: (1, 0, 0),
    create_task_run_in_a_flow_run: (1, 1, 1),
    create_task_run_again: (1, 0, 0),
    rename_task_run: (1, 0, 0),
    delete_task_run: (0, 1, 1),
    delete_parent_of_a_subflow_run: (0, 1, 1),
    create_flow: (0, 0, 1),
    create_flow_run: (0, 1, 1),
    tag_flow_run: (0, 1, 1),
    create_subflow_run: (1, 1, 1),
    delete_subflow_run: (1, 0, 1),
    delete_flow_run: (0, 0, 1),
    delete_flow: (0, 0, 0),
    new_deployment: (0, 0, 1),
    update_deployment: (0, 0, 1),
    start_flow_run: (0, 1, 1),
    delete_deployment: (0, 0, 1),
}

# Every call of every operation, to break or to precede.
STEPS = [(operation, call) for operation, calls in CALLS.items() for call in range(len(calls))]
