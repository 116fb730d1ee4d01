"""A local server that is killed while it is used: the local server's own, on data that stays."""

from collections.abc import Mapping

from tests.conformance.clients import survival
from tests.conformance.clients.scene import Check, ClientScene
from tests.conformance.servers import free_port


def keeps_a_flow(_: ClientScene) -> None:
    survival.keeps_a_flow()


def keeps_a_flow_behind_a_redirect(_: ClientScene) -> None:
    survival.keeps_a_flow(SOCKETS="redirect", SOCKETS_PORT=str(free_port()))


def survives(_: ClientScene) -> None:
    survival.survives(survival.stops_and_restarts)


def survives_behind_a_redirect(_: ClientScene) -> None:
    redirected = {"SOCKETS": "redirect", "SOCKETS_PORT": str(free_port())}
    survival.survives(survival.stops_and_restarts, **redirected)


def outlives_many_workers(_: ClientScene) -> None:
    survival.survives(survival.deaths)


CHECKS: Mapping[str, Check] = {
    "a flow's task runs are all there, though the server was killed twice": keeps_a_flow,
    "a flow's task runs are all there behind a redirect": keeps_a_flow_behind_a_redirect,
}
FOR_MINUTES: Mapping[str, Check] = {
    "500 background runs survive their workers and the server": survives,
    "500 background runs survive them behind a redirect": survives_behind_a_redirect,
    "500 background runs outlive one worker after the other": outlives_many_workers,
}
