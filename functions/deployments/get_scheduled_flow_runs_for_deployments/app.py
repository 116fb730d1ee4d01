"""POST /deployments/get_scheduled_flow_runs: list the runs of deployments that are soon due."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.deployment_queries import GetScheduledFlowRuns
from runledger.domain.runs.bookkeeping import as_of
from runledger.service.search.flow_runs import FLOW_RUNS


@endpoint
def handler(request: Request) -> Response:
    asked, store = request.parameters(GetScheduledFlowRuns), wiring.searchable(request.now)
    found = FLOW_RUNS.find(store, asked.criteria(), asked.part())
    now = wiring.now()
    return Response([as_of(run, now) for run in found.answer], log=found.log_fields())
