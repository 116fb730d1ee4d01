"""POST /flows/count: count the flows that are wanted."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import CountFlows, flow_criteria
from runledger.service import flows


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(CountFlows)
    return Response(flows.count(wiring.store(), flow_criteria(asked)))
