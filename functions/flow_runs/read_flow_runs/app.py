"""POST /flow_runs/filter: list the flow runs that are wanted."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import ReadFlowRuns, flow_run_criteria
from runledger.domain.runs.bookkeeping import as_of
from runledger.service.search.flow_runs import FLOW_RUNS


@endpoint
def handler(request: Request) -> Response:
    asked, store = request.parameters(ReadFlowRuns), wiring.searchable(request.now)
    found = FLOW_RUNS.find(store, flow_run_criteria(asked), asked.part())
    now = wiring.now()
    return Response([as_of(run, now) for run in found.answer], log=found.log_fields())
