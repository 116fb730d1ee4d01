"""POST /flow_runs/count: count matching flow runs."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import CountFlowRuns
from runledger.service.search.flow_runs import FLOW_RUNS
from runledger.service.search.work_pools import in_queues


@endpoint
def handler(request: Request) -> Response[int]:
    body, store = request.parameters(CountFlowRuns), wiring.store_for_search(request.now)
    found = FLOW_RUNS.count(store, in_queues(store, body.criteria(), body.pool_filters))
    return Response(found.answer, log=found.log_fields())
