"""PATCH /deployments/{id}: update the sent fields of a deployment."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.deployments import DeploymentUpdate
from runledger.service.deployments import coming_runs, deployments


@endpoint
def handler(request: Request) -> Response[None]:
    body = request.body(DeploymentUpdate)
    store, now = wiring.store(), request.now
    changed = deployments.update(
        store,
        request.id(),
        body.changes(),
        body.schedule_requests(),
        limits=body.limits(),
        now=now,
    )
    if changed.schedules or body.schedule_requests() is not None:
        coming_runs.refresh(store, changed.id, wiring.removal_deadline(now), now=now)
    return Response(status=HTTPStatus.NO_CONTENT)
