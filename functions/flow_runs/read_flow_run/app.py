"""GET /flow_runs/{id}: read a flow run."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.documents import Document
from runledger.domain.runs.flow_runs import FlowRun
from runledger.service.runs import run_reads


@endpoint
def handler(request: Request) -> Response[Document[FlowRun]]:
    run = run_reads.read_flow_run(wiring.store(), request.id())
    return Response(run.as_of(wiring.now()))
