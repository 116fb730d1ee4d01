"""GET /admin/storage: read which block has results that name no other storage."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.blocks.default_storage import DefaultResultStorage
from runledger.service.blocks import default_storage


@endpoint
def handler(_: Request) -> Response[DefaultResultStorage]:
    found = default_storage.read(wiring.store())
    return Response(DefaultResultStorage(default_result_storage_block_id=found))
