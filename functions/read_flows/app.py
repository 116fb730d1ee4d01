"""POST /flows/filter: list the flows that are wanted."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import ReadFlows, flow_criteria
from runledger.service import flows


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(ReadFlows)
    found = flows.search(wiring.store(), flow_criteria(asked), asked.part())
    return Response(found.page, log=found.told())
