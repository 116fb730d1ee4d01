"""POST /flow_runs/{id}/input/filter: list what a flow run was given, by how the keys begin."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_run_inputs import FilterFlowRunInput
from runledger.service.runs import flow_run_inputs


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(FilterFlowRunInput)
    return Response(flow_run_inputs.find(wiring.store(), request.id(), asked.wanted()))
