"""POST /flow_runs/{id}/resume: resume a paused flow run, with the input that it waits for."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_run_inputs import ResumeFlowRun
from runledger.api.responses import OrchestrationResult
from runledger.service.runs import resuming


@endpoint
def handler(request: Request) -> Response[OrchestrationResult]:
    body, now = request.parameters(ResumeFlowRun), request.now
    decision = resuming.resume(wiring.store(), request.id(), body.run_input, now=now)
    status = HTTPStatus.CREATED if decision.written else HTTPStatus.OK
    return Response(OrchestrationResult.of(decision), status, log={"answer": decision.status})
