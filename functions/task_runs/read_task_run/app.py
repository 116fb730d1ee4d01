"""GET /task_runs/{id}: read a task run."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.documents import Document
from runledger.domain.runs.task_runs import TaskRun
from runledger.service.runs import run_reads


@endpoint
def handler(request: Request) -> Response[Document[TaskRun]]:
    run = run_reads.read_task_run(wiring.store(), request.id())
    return Response(run.as_of(wiring.now()))
