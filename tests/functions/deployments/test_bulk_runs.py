"""POST /deployments/{id}/create_flow_run/bulk: several runs of a deployment."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import pytest

from runledger import wiring
from runledger.service.bulk import NO_TIME
from runledger.service.deployments import bulk_creation
from runledger.service.deployments.bulk_creation import WantedRun
from runledger.store.dynamodb.calls import Deadline
from tests.functions.deployments.deploying import COUNTED, deployed, new_flow
from tests.support.job_variables import job_variable_checks

NOW = datetime.now(UTC)
NOT_A_NUMBER = (
    "Parameter validation failed: Validation failed for field 'count'."
    " Failure reason: 'x' is not of type 'integer'"
)
NO_POOL = (
    "Cannot create flow run in work queue q because deployment is not associated with a work pool."
)


@pytest.fixture
def deployment(api_on_dynoxide: httpx.Client) -> str:
    flow = new_flow(api_on_dynoxide)
    found = deployed(api_on_dynoxide, flow, parameter_openapi_schema=COUNTED, tags=["t"])
    return str(found["id"])


def create(api: httpx.Client, deployment: str, *runs: object) -> httpx.Response:
    return api.post(f"/deployments/{deployment}/create_flow_run/bulk", json=runs)


def test_each_run_is_created_or_told_why_not(
    api_on_dynoxide: httpx.Client, deployment: str
) -> None:
    api = api_on_dynoxide
    fine = {"parameters": {"count": 1}}
    unknown = str(uuid4())
    answer = create(
        api,
        deployment,
        fine | {"name": "first", "tags": ["own"]},
        {"parameters": {"count": "x"}},
        {"parameters": {"count": {"__prefect_kind": "none"}}},
        fine | {"work_queue_name": "q"},
        fine | {"parent_task_run_id": unknown},
        fine | {"idempotency_key": "k"},
        fine | {"idempotency_key": "k"},
    )
    results = answer.raise_for_status().json()["results"]
    assert [(result["status"], result["error"]) for result in results] == [
        ("CREATED", None),
        (
            "FAILED",
            NOT_A_NUMBER,
        ),
        ("FAILED", "Missing 'value' key in __prefect object"),
        (
            "FAILED",
            NO_POOL,
        ),
        ("FAILED", f"task run {unknown} is unknown"),
        ("CREATED", None),
        ("CREATED", None),
    ]
    first, *_, once, again = (result["flow_run_id"] for result in results)
    assert once == again
    run = api.get(f"/flow_runs/{first}").json()
    assert (run["name"], run["tags"], run["deployment_id"]) == ("first", ["t", "own"], deployment)
    assert len(api.post("/flow_runs/filter").json()) == len({first, once})


def test_too_many_runs_are_refused_before_the_deployment_is_looked_for(
    api_on_dynoxide: httpx.Client,
) -> None:
    unknown = str(uuid4())
    assert create(api_on_dynoxide, unknown).status_code == httpx.codes.NOT_FOUND
    refused = create(api_on_dynoxide, unknown, *[{}] * 101)
    assert refused.status_code == httpx.codes.BAD_REQUEST
    assert refused.json() == {"detail": "Cannot create more than 100 flow runs at once."}


def test_runs_that_there_is_no_time_for_are_not_created(
    api_on_dynoxide: httpx.Client, deployment: str
) -> None:
    over = Deadline(NOW, lambda: NOW)
    wanted: list[WantedRun] = [WantedRun({}, None, enforced=None)] * 2  # type: ignore[arg-type]
    store = wiring.store()
    checks = job_variable_checks(store)
    outcomes = bulk_creation.create_flow_runs(
        store, UUID(deployment), wanted, over, checks=checks, now=NOW
    )
    assert outcomes == [NO_TIME, NO_TIME]
    assert api_on_dynoxide.post("/flow_runs/filter").json() == []
