"""POST /flow_runs/count: count the flow runs that are wanted."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import CountFlowRuns, flow_run_criteria
from runledger.service import flow_runs


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(CountFlowRuns)
    return Response(flow_runs.count(wiring.store(), flow_run_criteria(asked)))
