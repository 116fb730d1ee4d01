"""GET /admin/settings: read the site's settings: it must not send analytics."""

from typing import Any

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request

OF_SITE = {"server": {"analytics_enabled": False, "ui": {"show_promotional_content": False}}}


@endpoint
def handler(_: Request) -> Response[dict[str, Any]]:
    return Response(OF_SITE)
