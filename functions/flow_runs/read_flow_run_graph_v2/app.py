"""GET /flow_runs/{id}/graph-v2: read a flow run's graph of task runs and subflow runs."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.runs.graphs import Graph
from runledger.service.runs import graphs


@endpoint
def handler(request: Request) -> Response[Graph]:
    since = request.query_time("since")
    return Response(graphs.draw(wiring.store(), request.id(), since))
