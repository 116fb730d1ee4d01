"""PUT /admin/storage: set which block has results that name no other storage."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.blocks.default_storage import (
    DefaultResultStorage,
    DefaultResultStorageUpdate,
)
from runledger.service.blocks import default_storage


@endpoint
def handler(request: Request) -> Response[DefaultResultStorage]:
    wanted = request.body(DefaultResultStorageUpdate).default_result_storage_block_id
    default_storage.set_block(wiring.store(), wanted)
    return Response(DefaultResultStorage(default_result_storage_block_id=wanted))
