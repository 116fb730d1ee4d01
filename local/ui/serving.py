"""The server of `make ui`."""

import uvicorn

from local import console
from local.ports import StoppableServer, listening, port_of, stoppable
from local.ui import access, bundles
from local.ui.access import Access
from local.ui.application import application
from local.ui.settings import UiSettings


def run(settings: UiSettings) -> None:
    """Serve until a signal stops the server."""
    found = bundles.find(settings.package)
    with stoppable(), listening(settings.host, settings.port, "UI_PORT") as listener:
        is_silent = access.check(settings.api) is Access.UNREACHABLE
        url = f"http://{settings.url_host}:{port_of(listener)}"
        console.say(
            f"The UI is at {url}",
            f"  asks         {settings.api}{', which does not answer yet' if is_silent else ''}",
            # Without it, clients print links to the API, which has no pages.
            f"  for clients  export PREFECT_UI_URL={url}{found[0].base}",
            "  stop         Ctrl-C",
        )
        StoppableServer(
            uvicorn.Config(
                application(found, settings.api),
                access_log=False,
                lifespan="off",
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=3,
            )
        ).run(sockets=[listener])
