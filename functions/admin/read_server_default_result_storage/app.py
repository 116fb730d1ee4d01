"""GET /admin/storage: tell where results go by default; the server names no place."""

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request


@endpoint
def handler(_: Request) -> Response:
    return Response({"default_result_storage_block_id": None})
