"""PATCH /deployments/{id}: update the sent fields of a deployment."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.observability import warn_of_schedules
from runledger.adapters.requests import Request
from runledger.api.deployments import DeploymentUpdate
from runledger.service.deployments import deployments


@endpoint
def handler(request: Request) -> Response[None]:
    body = request.body(DeploymentUpdate)
    changed = deployments.update(
        wiring.store(),
        request.id(),
        body.changes(),
        body.schedule_requests(),
        limit_id=body.global_concurrency_limit_id,
        now=request.now,
    )
    if body.may_start_schedules() and changed.expects_schedules():
        warn_of_schedules(changed.id)
    return Response(status=HTTPStatus.NO_CONTENT)
