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
from local.ui.sites import File, Site

CHOSEN = "prefect_ui_version"  # the cookie by which a user of one site stays there
# Names in this folder change with their content; everything else is looked at again.
KEPT, UNKEPT = "public, max-age=31536000, immutable", "no-cache"


def application(sites: Sequence[Site], api: str) -> ASGIApp:
    return Starlette(
        routes=[
            Route("/ui-settings", partial(_settings, sites, api)),
            Route("/{path:path}", partial(_file, sites, _policy(api))),
        ]
    )


def _settings(sites: Sequence[Site], api: str, _: Request) -> Response:
    bases = {site.version: site.base or "/" for site in sites}
    return JSONResponse(
        {
            "api_url": api,
            "csrf_enabled": False,
            "auth": "BASIC" if access.to(api) is Access.BY_PASSWORD else None,
            "flags": [],
            "default_ui": sites[0].version,
            "available_uis": sorted(bases),
            "v1_base_url": bases.get("v1"),
            "v2_base_url": bases.get("v2"),
        }
    )


def _policy(api: str) -> str:
    """Let the site talk to nobody else: it would tell its makers' statistics that it is used."""
    scheme, place, *_ = urlsplit(api)
    return f"connect-src 'self' {scheme}://{place}"


def _file(sites: Sequence[Site], policy: str, request: Request) -> Response:
    path = request.url.path
    if path == "/" and (preferred := _preferred(sites, request)).base:
        return RedirectResponse(f"{preferred.base}/", HTTPStatus.TEMPORARY_REDIRECT)
    site = next((site for site in sites if f"{path}/".startswith(f"{site.base}/")), sites[-1])
    below = path.removeprefix(site.base)
    if file := site.file(below):
        return _answer(file, KEPT if below.startswith("/assets/") else UNKEPT, policy)
    if "text/html" in request.headers.get("accept", ""):
        return _answer(site.page(), UNKEPT, policy)
    return JSONResponse({"detail": "Not Found"}, HTTPStatus.NOT_FOUND)


def _preferred(sites: Sequence[Site], request: Request) -> Site:
    chosen = request.cookies.get(CHOSEN)
    return next((site for site in sites if site.version == chosen), sites[0])


def _answer(file: File, kept: str, policy: str) -> Response:
    headers = {"Cache-Control": kept, "Content-Security-Policy": policy}
    return Response(file.content, media_type=file.kind, headers=headers)
