"""POST /flows/filter: list matching flows."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import ReadFlows, flow_criteria
from runledger.domain.runs.flows import Flow
from runledger.service.search.flows import FLOWS


@endpoint
def handler(request: Request) -> Response[list[Flow]]:
    body, store = request.parameters(ReadFlows), wiring.store_for_search(request.now)
    found = FLOWS.find(store, flow_criteria(body), body.to_page())
    return Response(found.answer, log=found.log_fields())
