"""POST /deployments: create a deployment, or update the flow's one that has its name."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.deployments import DeploymentCreate
from runledger.service import deployments


@endpoint
def handler(request: Request) -> Response:
    body, store = request.body(DeploymentCreate), wiring.store()
    asked, schedules = body.to_deployment(request.now), body.asked_schedules()
    deployments.check_limit(store, body.global_concurrency_limit_id)
    saved = deployments.save(store, asked, schedules, sent=body.sent())
    return Response(saved.deployment, HTTPStatus.CREATED if saved.new else HTTPStatus.OK)
