"""POST /flow_runs/filter: list the flow runs that are wanted."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import ReadFlowRuns, flow_run_criteria
from runledger.domain.bookkeeping import as_of
from runledger.service import flow_runs


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(ReadFlowRuns)
    found = flow_runs.search(wiring.store(), flow_run_criteria(asked), asked.part())
    now = wiring.now()
    return Response([as_of(run, now) for run in found.page], log=found.told())
