"""POST /flow_runs/filter: list matching flow runs."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import ReadFlowRuns
from runledger.domain.documents import Document
from runledger.domain.runs.flow_runs import FlowRun
from runledger.service.search.flow_runs import FLOW_RUNS
from runledger.service.search.work_pools import in_queues


@endpoint
def handler(request: Request) -> Response[list[Document[FlowRun]]]:
    body, store = request.parameters(ReadFlowRuns), wiring.store_for_search(request.now)
    found = FLOW_RUNS.find(
        store, in_queues(store, body.criteria(), body.pool_filters), body.to_page()
    )
    now = wiring.now()
    return Response([run.as_of(now) for run in found.answer], log=found.log_fields())
