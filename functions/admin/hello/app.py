"""GET /hello: answer a greeting."""

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request


@endpoint
def handler(_: Request) -> Response[str]:
    return Response("\N{WAVING HAND SIGN}")
