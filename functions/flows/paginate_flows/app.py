"""POST /flows/paginate: read a page of matching flows, and count all."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import PaginateFlows
from runledger.api.responses import Paginated
from runledger.domain.runs.flows import Flow
from runledger.service.search.flows import FLOWS
from runledger.service.search.work_pools import in_queues


@endpoint
def handler(request: Request) -> Response[Paginated[Flow]]:
    body, store = request.parameters(PaginateFlows), wiring.store_for_search(request.now)
    found = FLOWS.paginate(
        store, in_queues(store, body.criteria(), body.pool_filters), body.to_page()
    )
    page = Paginated.of(*found.answer, limit=body.limit, page=body.page)
    return Response(page, log=found.log_fields())
