"""Versions of clients, on which some rules of flow runs depend."""

from typing import NamedTuple

Version = tuple[int, int, int]


class ClientVersions(NamedTuple):
    """The versions of a client: of its API, and of Prefect."""

    api: Version | None = None
    prefect: Version | None = None
