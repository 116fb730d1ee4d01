"""PATCH /deployments/{id}: change what is sent of a deployment."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.deployments import DeploymentUpdate
from runledger.service import deployments


@endpoint
def handler(request: Request) -> Response:
    body, store = request.body(DeploymentUpdate), wiring.store()
    deployments.check_limit(store, body.global_concurrency_limit_id)
    schedules = body.asked_schedules()
    deployments.update(store, request.id(), body.changes(), schedules, now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
