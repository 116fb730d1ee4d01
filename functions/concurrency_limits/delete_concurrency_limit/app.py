"""DELETE /concurrency_limits/{id}: delete a tag's limit and its slots."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.concurrency import tag_limits


@endpoint
def handler(request: Request) -> Response[None]:
    tag_limits.delete(wiring.store(), request.id(), now=request.now)
    return Response()
