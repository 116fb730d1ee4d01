"""GET /ui/task_runs/{id}: read a task run with its flow run's name."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.ui import UITaskRun
from runledger.domain.documents import Document
from runledger.service import ui


@endpoint
def handler(request: Request) -> Response[Document[UITaskRun]]:
    run, flow_run_name = ui.read_with_flow_run_name(wiring.store(), request.id())
    return Response(UITaskRun.of(run.as_of(wiring.now()), flow_run_name))
