"""GET /admin/version: read the version of Prefect that this server implements."""

from runledger import versions
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request


@endpoint
def handler(_: Request) -> Response[str]:
    return Response(versions.PREFECT)
