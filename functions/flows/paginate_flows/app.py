"""POST /flows/paginate: list a page of the flows that are wanted, and count them all."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import PaginateFlows, flow_criteria
from runledger.api.responses import paginated
from runledger.service.search.flows import FLOWS


@endpoint
def handler(request: Request) -> Response:
    asked, store = request.parameters(PaginateFlows), wiring.searchable(request.now)
    found = FLOWS.paginate(store, flow_criteria(asked), asked.part())
    page = paginated(*found.answer, limit=asked.limit, page=asked.page)
    return Response(page, log=found.log_fields())
