"""The sites behind a socket."""

import uvicorn

from local import console
from local.listening import listening, port_of, stoppable
from local.ui import access, sites
from local.ui.access import Access
from local.ui.application import application
from local.ui.settings import Settings


def run(settings: Settings) -> None:
    """Serve until told to stop."""
    there = sites.found(settings.package)
    with stoppable(), listening(settings.host, settings.port, "UI_PORT") as listener:
        is_silent = access.to(settings.api) is Access.NONE
        console.say(
            f"The site is at http://{settings.name}:{port_of(listener)}",
            f"  asks         {settings.api}{', which does not answer yet' if is_silent else ''}",
            "  stop         Ctrl-C",
        )
        uvicorn.Server(
            uvicorn.Config(
                application(there, settings.api),
                access_log=False,
                lifespan="off",
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=3,
            )
        ).run(sockets=[listener])
