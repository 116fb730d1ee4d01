"""POST /deployments: create a deployment, or update the flow's deployment of that name."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.observability import warn_of_schedules
from runledger.adapters.requests import Request
from runledger.api.deployments import DeploymentCreate
from runledger.domain.deployments.deployments import Deployment
from runledger.service.deployments import deployments
from runledger.service.work_pools.deployment_polls import with_poll


@endpoint
def handler(request: Request) -> Response[Deployment]:
    body = request.body(DeploymentCreate)
    saved = deployments.save(
        wiring.store(),
        body.to_deployment(request.now),
        body.schedule_requests(),
        sent=body.sent(),
        limit_id=body.global_concurrency_limit_id,
    )
    if saved.deployment.expects_schedules():
        warn_of_schedules(saved.deployment.id)
    shown = with_poll(wiring.store(), saved.deployment, request.now)
    return Response(shown, HTTPStatus.CREATED if saved.new else HTTPStatus.OK)
