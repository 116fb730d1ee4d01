"""URLs of this API, as the client sees them."""

import re
from urllib.parse import urlsplit

from runledger.adapters.requests import Request
from runledger.settings import settings

# Set by template.yaml's CloudFront function: CloudFront sends the origin's name as the host.
VIEWER_HOST = "runledger-host"

# A name or an address, and a port: no character that ends the host in a URL.
HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?", re.IGNORECASE)
SCHEMES = {"http", "https"}


def url_of(request: Request, path: str) -> str:
    """Return the URL of a path of the API; the request's own path must have no variable.

    A custom domain may replace the stage, or map another path to it.
    """
    requested = request.event["requestContext"]["path"].removesuffix("/")
    base_path = requested.removesuffix(request.event["resource"])
    return f"{_scheme(request)}://{_host(request)}{base_path}{path}"


def _scheme(request: Request) -> str:
    """Return the scheme of the client's request or, without a header, of our WebSocket URL."""
    scheme = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    if scheme in SCHEMES:
        return scheme
    return "https" if urlsplit(settings().websocket_url).scheme == "wss" else "http"


def _host(request: Request) -> str:
    hosts = (request.headers.get(name, "") for name in (VIEWER_HOST, "host"))
    own: str = request.event["requestContext"]["domainName"]
    return next((host for host in hosts if HOST.fullmatch(host)), own)
