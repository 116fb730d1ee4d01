"""GET /flow_runs/{id}: read a flow run."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.runs.bookkeeping import as_of
from runledger.domain.runs.flow_runs import FlowRun
from runledger.service.runs import flow_runs


@endpoint
def handler(request: Request) -> Response[FlowRun]:
    return Response(as_of(flow_runs.read(wiring.store(), request.id()), wiring.now()))
