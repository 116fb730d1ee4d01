"""DELETE /flow_runs/{id}: delete a flow run, its task runs and all their states."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.runs import flow_run_deletion


@endpoint
def handler(request: Request) -> Response[None]:
    deadline = wiring.removal_deadline(request.now)
    flow_run_deletion.delete(wiring.store(), request.id(), deadline, now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
