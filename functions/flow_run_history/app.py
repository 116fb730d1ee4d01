"""POST /flow_runs/history: count the flow runs that are wanted, by time and state."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_queries import FlowRunHistory, flow_run_criteria
from runledger.service import flow_runs


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(FlowRunHistory)
    wanted, timeline = flow_run_criteria(asked), asked.timeline()
    return Response(flow_runs.history(wiring.store(), wanted, timeline, now=wiring.now()))
