"""GET /csrf-token: answer that there is no CSRF protection; clients take this as "not needed"."""

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.errors import Invalid


@endpoint
def handler(request: Request) -> Response[None]:
    request.query("client")
    raise Invalid("CSRF protection is disabled.")
