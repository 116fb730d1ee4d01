"""Where this API is, as the client that asks sees it."""

from runledger.adapters.requests import Request


def url_of(request: Request, path: str) -> str:
    """Return the URL of a path of the API."""
    stage = request.event["requestContext"]["stage"]
    scheme = request.headers.get("x-forwarded-proto", "http")
    return f"{scheme}://{request.headers['host']}/{stage}{path}"
