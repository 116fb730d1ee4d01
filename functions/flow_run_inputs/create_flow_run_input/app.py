"""POST /flow_runs/{id}/input: give something to a flow run, under a key of its own."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_run_inputs import FlowRunInputCreate
from runledger.service.runs import flow_run_inputs


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(FlowRunInputCreate)
    flow_run_inputs.create(wiring.store(), asked.to_input(request.id(), request.now))
    return Response(status=HTTPStatus.CREATED)
