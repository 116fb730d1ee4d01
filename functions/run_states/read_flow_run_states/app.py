"""GET /flow_run_states: list the states of a flow run."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.runs.states import State
from runledger.service.runs import run_states


@endpoint
def handler(request: Request) -> Response[list[State]]:
    flow_run_id = request.query_id("flow_run_id")
    return Response(run_states.FLOW_RUN_STATES.history(wiring.store(), flow_run_id))
