"""POST /flow_runs/{id}/input: create an input of a flow run under a new key."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_run_inputs import FlowRunInputCreate
from runledger.service.runs import flow_run_inputs


@endpoint
def handler(request: Request) -> Response[None]:
    body = request.parameters(FlowRunInputCreate)
    flow_run_inputs.create(wiring.store(), body.to_input(request.id(), request.now))
    return Response(status=HTTPStatus.CREATED)
