"""GET /admin/settings: tell what the site goes by: it is to report nothing to anybody."""

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request

OF_SITE = {"server": {"analytics_enabled": False, "ui": {"show_promotional_content": False}}}


@endpoint
def handler(_: Request) -> Response:
    return Response(OF_SITE)
