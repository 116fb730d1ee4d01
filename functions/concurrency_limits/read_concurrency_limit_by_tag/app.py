"""GET /concurrency_limits/tag/{tag}: read a tag's limit with the holders of its slots."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import TagLimitResponse
from runledger.service.concurrency import tag_limits


@endpoint
def handler(request: Request) -> Response[TagLimitResponse]:
    limit, holders = tag_limits.read(wiring.store(), request.path_text("tag"), now=request.now)
    return Response(TagLimitResponse.of(limit, holders))
