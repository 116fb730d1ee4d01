"""GET /ready: check that the table answers; needs no credentials."""

from functools import partial
from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.errors import Unavailable


@partial(endpoint, authenticated=False)
def handler(_: Request) -> Response[dict[str, str]]:
    try:
        wiring.store().ping()
    except Unavailable:
        absent = {"message": "Database is not available"}
        return Response(absent, HTTPStatus.SERVICE_UNAVAILABLE)
    return Response({"message": "OK"})
