"""Where this API is, as the client that asks sees it."""

import re
from urllib.parse import urlsplit

from runledger.adapters.requests import Request
from runledger.settings import settings

# Set by the CloudFront function of template.yaml: its origin is asked by the origin's own name.
VIEWER_HOST = "runledger-host"

# A name or an address, and a port: nothing that ends the host in a URL.
HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?", re.IGNORECASE)
SCHEMES = {"http", "https"}


def url_of(request: Request, path: str) -> str:
    """Return the URL of a path of the API, for a request whose own path has no variable.

    A custom domain may stand for the stage, or map another path to it.
    """
    asked = request.event["requestContext"]["path"].removesuffix("/")
    below = asked.removesuffix(request.event["resource"])
    return f"{_scheme(request)}://{_host(request)}{below}{path}"


def _scheme(request: Request) -> str:
    """Return how the client came or, where nobody says, how it is led to WebSockets."""
    scheme = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    if scheme in SCHEMES:
        return scheme
    return "https" if urlsplit(settings().websocket_url).scheme == "wss" else "http"


def _host(request: Request) -> str:
    hosts = (request.headers.get(name, "") for name in (VIEWER_HOST, "host"))
    own: str = request.event["requestContext"]["domainName"]
    return next((host for host in hosts if HOST.fullmatch(host)), own)
