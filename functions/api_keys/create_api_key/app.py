"""POST /admin/keys: create a key, and show it for the only time."""

from http import HTTPStatus

from runledger import ids, wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.api_keys import ApiKeyCreate, NewApiKey
from runledger.domain.access import ANYBODY
from runledger.service import api_keys


@endpoint
def handler(request: Request) -> Response[NewApiKey]:
    secret, caller = ids.secret(), request.caller or ANYBODY
    key = request.body(ApiKeyCreate).to_key(secret, caller.name, request.now)
    api_keys.create(wiring.store(), key, secret)
    return Response(NewApiKey.of(key, secret), HTTPStatus.CREATED)
