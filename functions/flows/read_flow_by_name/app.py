"""GET /flows/name/{name}: read a flow by its name."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.runs.flows import Flow
from runledger.service.deployments import flows


@endpoint
def handler(request: Request) -> Response[Flow]:
    return Response(flows.read_by_name(wiring.store(), request.path_text("name")))
