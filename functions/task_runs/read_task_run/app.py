"""GET /task_runs/{id}: read a task run."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.runs.bookkeeping import as_of
from runledger.domain.runs.task_runs import TaskRun
from runledger.service.runs import task_run_reads


@endpoint
def handler(request: Request) -> Response[TaskRun]:
    return Response(as_of(task_run_reads.read(wiring.store(), request.id()), wiring.now()))
