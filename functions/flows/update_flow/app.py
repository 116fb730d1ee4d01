"""PATCH /flows/{id}: update a flow's tags."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flows import FlowUpdate
from runledger.service.deployments import flows


@endpoint
def handler(request: Request) -> Response[None]:
    changes = request.body(FlowUpdate).changes()
    flows.update(wiring.store(), request.id(), changes, now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
