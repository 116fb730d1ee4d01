"""GET /flow_runs/{id}/input/{key}: read an input of a flow run."""

from typing import Annotated

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.runs import flow_run_inputs


@endpoint
def handler(request: Request) -> Response[Annotated[str, "text/plain"]]:
    key = request.path_text("key")
    return Response(text=flow_run_inputs.read(wiring.store(), request.id(), key).value)
