"""POST /flows/filter: list the flows that are wanted."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import ReadFlows, flow_criteria
from runledger.service import searches


@endpoint
def handler(request: Request) -> Response:
    asked, store = request.parameters(ReadFlows), wiring.searchable(request.now)
    found = searches.search(store.flows, flow_criteria(asked), asked.part())
    return Response(found.answer, log=found.log_fields())
