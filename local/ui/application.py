"""ASGI application of both UIs, and of the settings that they request from their own host."""

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from local.ui import access
from local.ui.access import Access
from local.ui.bundles import Bundle, File

VERSION_COOKIE = "prefect_ui_version"  # the UI that the user has chosen
# Names below /assets/ change with their content; browsers revalidate every other file.
IMMUTABLE, REVALIDATE = "public, max-age=31536000, immutable", "no-cache"


def application(bundles: Sequence[Bundle], api: str) -> ASGIApp:
    return Starlette(
        routes=[
            Route("/ui-settings", partial(_settings, bundles, api)),
            Route("/{path:path}", partial(_file, bundles, _policy(api))),
        ]
    )


def _settings(bundles: Sequence[Bundle], api: str, _: Request) -> Response:
    bases = {bundle.version: bundle.base or "/" for bundle in bundles}
    return JSONResponse(
        {
            "api_url": api,
            "csrf_enabled": False,
            "auth": "BASIC" if access.check(api) is Access.PASSWORD else None,
            "flags": [],
            "default_ui": bundles[0].version,
            "available_uis": sorted(bases),
            "v1_base_url": bases.get("v1"),
            "v2_base_url": bases.get("v2"),
        }
    )


def _policy(api: str) -> str:
    """Let the UI connect to its API only: else it sends usage statistics to its makers."""
    scheme, host, *_ = urlsplit(api)
    return f"connect-src 'self' {scheme}://{host}"


def _file(bundles: Sequence[Bundle], policy: str, request: Request) -> Response:
    path = request.url.path
    if path == "/" and (preferred := _preferred(bundles, request)).base:
        return RedirectResponse(f"{preferred.base}/", HTTPStatus.TEMPORARY_REDIRECT)
    bundle = next((b for b in bundles if f"{path}/".startswith(f"{b.base}/")), bundles[-1])
    below = path.removeprefix(bundle.base)
    if file := bundle.file(below):
        return _answer(file, IMMUTABLE if below.startswith("/assets/") else REVALIDATE, policy)
    if "text/html" in request.headers.get("accept", ""):
        return _answer(bundle.page(), REVALIDATE, policy)
    return JSONResponse({"detail": "Not Found"}, HTTPStatus.NOT_FOUND)


def _preferred(bundles: Sequence[Bundle], request: Request) -> Bundle:
    chosen = request.cookies.get(VERSION_COOKIE)
    return next((bundle for bundle in bundles if bundle.version == chosen), bundles[0])


def _answer(file: File, cache_control: str, policy: str) -> Response:
    headers = {"Cache-Control": cache_control, "Content-Security-Policy": policy}
    return Response(file.content, media_type=file.media_type, headers=headers)
