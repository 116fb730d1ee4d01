"""GET /admin/version: tell the version of Prefect whose behaviour this is."""

from runledger import versions
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request


@endpoint
def handler(_: Request) -> Response:
    return Response(versions.PREFECT)
