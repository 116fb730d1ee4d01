"""POST /concurrency_limits/tag/{tag}/reset: release all slots of a tag's limit."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import Reset
from runledger.service.concurrency import tag_limits


@endpoint
def handler(request: Request) -> Response[None]:
    holders = request.parameters(Reset).slot_override or []
    tag_limits.reset(wiring.store(), request.path_text("tag"), holders, now=request.now)
    return Response()
