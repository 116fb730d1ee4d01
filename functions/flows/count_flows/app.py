"""POST /flows/count: count matching flows."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import CountFlows
from runledger.service.search.flows import FLOWS
from runledger.service.search.work_pools import in_queues


@endpoint
def handler(request: Request) -> Response[int]:
    body, store = request.parameters(CountFlows), wiring.store_for_search(request.now)
    found = FLOWS.count(store, in_queues(store, body.criteria(), body.pool_filters))
    return Response(found.answer, log=found.log_fields())
