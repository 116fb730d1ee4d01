"""POST /automations/filter: list automations; there are none."""

from typing import Any

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.documents.automations import ReadAutomations


@endpoint
def handler(request: Request) -> Response[list[Any]]:
    request.parameters(ReadAutomations)
    return Response([])
