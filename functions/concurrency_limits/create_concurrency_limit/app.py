"""POST /concurrency_limits: create a tag's limit, or change it."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import TagLimitCreate, TagLimitResponse
from runledger.service.concurrency import tag_limits


@endpoint
def handler(request: Request) -> Response[TagLimitResponse]:
    wanted = request.body(TagLimitCreate).to_limit(request.now)
    (limit, holders), new = tag_limits.create_or_change(wiring.store(), wanted, now=request.now)
    status = HTTPStatus.CREATED if new else HTTPStatus.OK
    return Response(TagLimitResponse.of(limit, holders), status)
