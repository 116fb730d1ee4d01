"""POST /flow_runs/lateness: average the lateness of matching flow runs, in seconds."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import AverageFlowRunLateness
from runledger.service.search import flow_runs
from runledger.service.search.work_pools import in_queues


@endpoint
def handler(request: Request) -> Response[float | None]:
    body, store = request.parameters(AverageFlowRunLateness), wiring.store_for_search(request.now)
    found = flow_runs.lateness(
        store, in_queues(store, body.criteria(), body.pool_filters), now=wiring.now()
    )
    return Response(found.answer, log=found.log_fields())
