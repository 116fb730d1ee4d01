"""POST /work_queues/{id}/get_runs: list the runs of a queue that an agent may start."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.workers import PollWorkQueue, without_pool
from runledger.domain.documents import Document
from runledger.domain.runs.flow_runs import FlowRun
from runledger.service.work_pools import polls


@endpoint
def handler(request: Request) -> Response[list[Document[FlowRun]]]:
    body, now = request.parameters(PollWorkQueue), request.now
    # Prefect's site only shows the runs.
    is_poll = not request.header_flag("x-prefect-ui")
    poll = body.to_poll()
    found = polls.poll_queue(wiring.store(), request.id(), poll, now=now, recorded=is_poll)
    return Response([without_pool(run, wiring.now()) for run in found])
