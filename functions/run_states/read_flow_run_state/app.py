"""GET /flow_run_states/{id}: read a state of a flow run."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.runs.states import State
from runledger.service.runs import run_states


@endpoint
def handler(request: Request) -> Response[State]:
    return Response(run_states.FLOW_RUN_STATES.read(wiring.store(), request.id()))
