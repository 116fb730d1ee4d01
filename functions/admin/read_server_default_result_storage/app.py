"""GET /admin/storage: read the default result storage; the server sets none."""

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request


@endpoint
def handler(_: Request) -> Response[dict[str, None]]:
    return Response({"default_result_storage_block_id": None})
