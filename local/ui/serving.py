"""The server of `make ui`."""

import uvicorn

from local import console
from local.ports import StoppableServer, listening, port_of, stoppable
from local.ui import access, sites
from local.ui.access import Access
from local.ui.application import application
from local.ui.settings import Settings


def run(settings: Settings) -> None:
    """Serve until told to stop."""
    there = sites.found(settings.package)
    with stoppable(), listening(settings.host, settings.port, "UI_PORT") as listener:
        is_silent = access.to(settings.api) is Access.NONE
        place = f"http://{settings.name}:{port_of(listener)}"
        console.say(
            f"The UI is at {place}",
            f"  asks         {settings.api}{', which does not answer yet' if is_silent else ''}",
            # Else the links that clients print lead to the API, which has no pages.
            f"  for clients  export PREFECT_UI_URL={place}{there[0].base}",
            "  stop         Ctrl-C",
        )
        StoppableServer(
            uvicorn.Config(
                application(there, settings.api),
                access_log=False,
                lifespan="off",
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=3,
            )
        ).run(sockets=[listener])
