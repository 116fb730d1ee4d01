"""POST /deployments/{id}/create_flow_run/bulk: create several flow runs of a deployment."""

from runledger import block_wiring, wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.bulk.requests import BulkCreateFlowRuns
from runledger.api.bulk.results import FlowRunBulkCreateResponse, FlowRunCreateResult
from runledger.service.deployments import bulk_creation
from runledger.service.deployments.bulk_creation import WantedRun
from runledger.service.work_pools.job_variables import JobVariableChecks


@endpoint
def handler(request: Request) -> Response[FlowRunBulkCreateResponse]:
    runs, now = request.body(BulkCreateFlowRuns).runs(), request.now
    store = wiring.store()
    outcomes = bulk_creation.create_flow_runs(
        store,
        request.id(),
        [
            WantedRun(run.fields(now), run.proposed(now), run.enforce_parameter_schema)
            for run in runs
        ],
        wiring.bulk_deadline(now),
        checks=JobVariableChecks(store, block_wiring.block_key),
        now=now,
    )
    results = [FlowRunCreateResult.of(outcome) for outcome in outcomes]
    return Response(FlowRunBulkCreateResponse(results=results))
