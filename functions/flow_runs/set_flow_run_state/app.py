"""POST /flow_runs/{id}/set_state: propose a state; the answer has the outcome."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.client_versions import client_versions
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.bodies import SetState
from runledger.api.responses import OrchestrationResult
from runledger.service.runs import flow_runs


@endpoint
def handler(request: Request) -> Response[OrchestrationResult]:
    body, now = request.parameters(SetState), request.now
    decision = flow_runs.set_state(
        wiring.store(),
        request.id(),
        body.state.proposed(now),
        force=body.force,
        now=now,
        client=client_versions(request),
    )
    status = HTTPStatus.CREATED if decision.written else HTTPStatus.OK
    return Response(OrchestrationResult.of(decision), status, log={"answer": decision.status})
