"""POST /task_workers/filter: list the connected task workers."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.task_workers import ReadTaskWorkers, TaskWorkerResponse
from runledger.service.websocket import task_run_dispatcher


@endpoint
def handler(request: Request) -> Response[list[TaskWorkerResponse]]:
    task_keys = request.parameters(ReadTaskWorkers).task_keys
    found = task_run_dispatcher.connected(wiring.store(), task_keys)
    return Response([TaskWorkerResponse.of(worker, request.now) for worker in found])
