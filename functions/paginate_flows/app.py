"""POST /flows/paginate: list a page of the flows that are wanted, and count them all."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import PaginateFlows, flow_criteria
from runledger.api.responses import paginated
from runledger.service import flows


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(PaginateFlows)
    store, wanted = wiring.store(), flow_criteria(asked)
    found = flows.search(store, wanted, asked.part())
    count = flows.count(store, wanted)
    page = paginated(found.page, count, limit=asked.limit, page=asked.page)
    return Response(page, log=found.told())
