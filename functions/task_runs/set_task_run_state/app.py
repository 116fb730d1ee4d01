"""POST /task_runs/{id}/set_state: propose a state; the answer has the outcome."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.bodies import SetState
from runledger.api.responses import OrchestrationResult
from runledger.service.runs import task_run_states


@endpoint
def handler(request: Request) -> Response[OrchestrationResult]:
    body, now = request.parameters(SetState), request.now
    decision = task_run_states.set_state(
        wiring.store(), request.id(), body.state.proposed(now), force=body.force, now=now
    )
    status = HTTPStatus.CREATED if decision.written else HTTPStatus.OK
    return Response(OrchestrationResult.of(decision), status, log={"answer": decision.status})
