"""POST /deployments/{id}/create_flow_run: create a deployment's flow run."""

from http import HTTPStatus

from runledger import block_wiring, wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.deployments import DeploymentFlowRunCreate
from runledger.domain.runs.bookkeeping import as_of
from runledger.domain.runs.flow_runs import FlowRun
from runledger.service.deployments import deployments
from runledger.service.work_pools.job_variables import JobVariableChecks


@endpoint
def handler(request: Request) -> Response[FlowRun]:
    body, store, now = request.body(DeploymentFlowRunCreate), wiring.store(), request.now
    created = deployments.create_flow_run(
        store,
        request.id(),
        body.fields(now),
        body.proposed(now),
        enforced=body.enforce_parameter_schema,
        checks=JobVariableChecks(store, block_wiring.block_key),
        now=now,
    )
    status = HTTPStatus.CREATED if created.new else HTTPStatus.OK
    return Response(as_of(created.run, wiring.now()), status)
