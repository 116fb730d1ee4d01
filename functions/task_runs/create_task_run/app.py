"""POST /task_runs: create a task run, or return the one that has its key."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.task_runs import TaskRunCreate
from runledger.domain.runs.bookkeeping import as_of
from runledger.domain.runs.task_runs import TaskRun
from runledger.service.runs import task_run_creation


@endpoint
def handler(request: Request) -> Response[TaskRun]:
    body, now = request.body(TaskRunCreate), request.now
    created = task_run_creation.create(
        wiring.store(), body.to_run(now), body.proposed(now), now=now
    )
    status = HTTPStatus.CREATED if created.new else HTTPStatus.OK
    return Response(as_of(created.run, wiring.now()), status)
