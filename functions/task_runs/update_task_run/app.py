"""PATCH /task_runs/{id}: rename a task run."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.task_runs import TaskRunUpdate
from runledger.service.runs import task_runs


@endpoint
def handler(request: Request) -> Response[None]:
    name = request.body(TaskRunUpdate).new_name()
    task_runs.rename(wiring.store(), request.id(), name, now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
