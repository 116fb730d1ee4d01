"""GET /admin/keys: list all keys, the oldest first; those that ended are listed for 90 days."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.api_keys import ApiKey
from runledger.service import api_keys


@endpoint
def handler(_: Request) -> Response[list[ApiKey]]:
    return Response(api_keys.find(wiring.store()))
