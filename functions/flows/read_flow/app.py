"""GET /flows/{id}: read a flow."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.runs.flows import Flow
from runledger.service.deployments import flows


@endpoint
def handler(request: Request) -> Response[Flow]:
    return Response(flows.read(wiring.store(), request.id()))
