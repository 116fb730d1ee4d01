"""GET /version: read the version of the API."""

from functools import partial

from runledger import versions
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request


@partial(endpoint, versioned=False)
def handler(_: Request) -> Response[str]:
    return Response(versions.API)
