"""POST /flows: create a flow, or return the one that has its name."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flows import FlowCreate
from runledger.domain.runs.flows import Flow
from runledger.service.deployments import flows


@endpoint
def handler(request: Request) -> Response[Flow]:
    created = flows.create(wiring.store(), request.body(FlowCreate).to_flow(request.now))
    return Response(created.flow, HTTPStatus.CREATED if created.new else HTTPStatus.OK)
