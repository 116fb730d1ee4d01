"""DELETE /task_runs/{id}: delete a task run and its states."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.runs import task_runs


@endpoint
def handler(request: Request) -> Response[None]:
    task_runs.delete(wiring.store(), request.id(), now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
