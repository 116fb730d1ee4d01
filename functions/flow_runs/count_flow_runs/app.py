"""POST /flow_runs/count: count matching flow runs."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import CountFlowRuns, flow_run_criteria
from runledger.service.search.flow_runs import FLOW_RUNS


@endpoint
def handler(request: Request) -> Response[int]:
    body, store = request.parameters(CountFlowRuns), wiring.store_for_search(request.now)
    found = FLOW_RUNS.count(store, flow_run_criteria(body))
    return Response(found.answer, log=found.log_fields())
