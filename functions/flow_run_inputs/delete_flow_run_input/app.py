"""DELETE /flow_runs/{id}/input/{key}: delete an input of a flow run."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.runs import flow_run_inputs


@endpoint
def handler(request: Request) -> Response[None]:
    flow_run_inputs.delete(wiring.store(), request.id(), request.path_text("key"))
    return Response(status=HTTPStatus.NO_CONTENT)
