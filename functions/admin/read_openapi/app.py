"""GET /openapi.json: read the OpenAPI document of this API."""

from functools import partial
from pathlib import Path
from typing import Any

from runledger.adapters.http import JSON, Response, endpoint
from runledger.adapters.requests import Request

DOCUMENT = Path(__file__).with_name("openapi.json")  # `make openapi` writes it


@partial(endpoint, versioned=False)
def handler(_: Request) -> Response[dict[str, Any]]:
    return Response(text=DOCUMENT.read_text("utf-8"), headers=JSON)
