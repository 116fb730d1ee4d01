"""POST /flow_runs/paginate: read a page of matching flow runs, and count all."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import PaginateFlowRuns
from runledger.api.responses import Paginated
from runledger.domain.documents import Document
from runledger.domain.runs.flow_runs import FlowRun
from runledger.service.search.flow_runs import FLOW_RUNS
from runledger.service.search.work_pools import in_queues


@endpoint
def handler(request: Request) -> Response[Paginated[Document[FlowRun]]]:
    body, store = request.parameters(PaginateFlowRuns), wiring.store_for_search(request.now)
    found = FLOW_RUNS.paginate(
        store, in_queues(store, body.criteria(), body.pool_filters), body.to_page()
    )
    now = wiring.now()
    runs = [run.as_of(now) for run in found.answer.page]
    page = Paginated.of(runs, found.answer.total, limit=body.limit, page=body.page)
    return Response(page, log=found.log_fields())
