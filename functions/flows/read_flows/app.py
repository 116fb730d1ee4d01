"""POST /flows/filter: list matching flows."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import ReadFlows
from runledger.domain.runs.flows import Flow
from runledger.service.search.flows import FLOWS
from runledger.service.search.work_pools import in_queues


@endpoint
def handler(request: Request) -> Response[list[Flow]]:
    body, store = request.parameters(ReadFlows), wiring.store_for_search(request.now)
    found = FLOWS.find(store, in_queues(store, body.criteria(), body.pool_filters), body.to_page())
    return Response(found.answer, log=found.log_fields())
