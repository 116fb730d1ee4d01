"""POST /deployments: create a deployment, or update the flow's deployment of that name."""

from http import HTTPStatus

from runledger import block_wiring, wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.deployments import DeploymentCreate
from runledger.domain.deployments.deployments import Deployment
from runledger.service.deployments import coming_runs, deployment_limits, deployments
from runledger.service.work_pools.deployment_polls import with_poll
from runledger.service.work_pools.job_variables import JobVariableChecks


@endpoint
def handler(request: Request) -> Response[Deployment]:
    body = request.body(DeploymentCreate)
    store, now = wiring.store(), request.now
    saved = deployments.save(
        store,
        body.to_deployment(now),
        body.schedule_requests(),
        sent=body.sent(),
        limits=body.limits(),
        checks=JobVariableChecks(store, block_wiring.block_key),
    )
    if saved.rescheduled:
        deadline = wiring.removal_deadline(now)
        coming_runs.refresh(store, saved.deployment.id, deadline, now=now)
    polled = with_poll(store, saved.deployment, now)
    (shown,) = deployment_limits.shown(store, [polled], now=now)
    return Response(shown, HTTPStatus.CREATED if saved.new else HTTPStatus.OK)
