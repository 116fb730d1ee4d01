"""GET /flow_run_states: list the states that a flow run has been in."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service import flow_run_states


@endpoint
def handler(request: Request) -> Response:
    flow_run_id = request.query_id("flow_run_id")
    return Response(flow_run_states.history(wiring.store(), flow_run_id))
