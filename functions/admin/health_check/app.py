"""GET /health: answer that functions run; needs no credentials."""

from functools import partial

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request


@partial(endpoint, authenticated=False, versioned=False)
def handler(_: Request) -> Response[bool]:
    return Response(body=True)
