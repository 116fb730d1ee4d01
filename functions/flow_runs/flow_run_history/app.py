"""POST /flow_runs/history: count matching flow runs by time and state."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import FlowRunHistory
from runledger.domain.documents import Document
from runledger.domain.runs.history import Interval
from runledger.service.search.flow_runs import FLOW_RUNS
from runledger.service.search.histories import history
from runledger.service.search.work_pools import in_queues


@endpoint
def handler(request: Request) -> Response[list[Document[Interval]]]:
    body, store = request.parameters(FlowRunHistory), wiring.store_for_search(request.now)
    criteria, timeline = in_queues(store, body.criteria(), body.pool_filters), body.timeline()
    found = history(FLOW_RUNS, store, criteria, timeline, now=wiring.now())
    return Response(found.answer, log=found.log_fields())
