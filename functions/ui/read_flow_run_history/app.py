"""POST /ui/flow_runs/history: list matching flow runs with few fields each."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.ui import ReadFlowRunHistory, SimpleFlowRun
from runledger.service.search.flow_runs import FLOW_RUNS
from runledger.service.search.work_pools import in_queues


@endpoint
def handler(request: Request) -> Response[list[SimpleFlowRun]]:
    body, store = request.parameters(ReadFlowRunHistory), wiring.store_for_search(request.now)
    found = FLOW_RUNS.find(
        store, in_queues(store, body.criteria(), body.pool_filters), body.to_page()
    )
    now = wiring.now()
    return Response([SimpleFlowRun.of(run, now) for run in found.answer], log=found.log_fields())
