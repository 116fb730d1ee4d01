"""The versions that a client names in its headers."""

import re

from runledger.adapters.requests import Request
from runledger.domain.orchestration.clients import ClientVersions, Version

PREFECT = re.compile(r"prefect/(\d{1,9})\.(\d{1,9})\.(\d{1,9})\S* \(API \S+\)")


def client_versions(request: Request) -> ClientVersions:
    """Return the versions of the API and, of a stock client, of Prefect."""
    return ClientVersions(request.version, _prefect_version(request.user_agent))


def _prefect_version(user_agent: str) -> Version | None:
    found = PREFECT.match(user_agent)
    if found is None:
        return None
    major, minor, patch = map(int, found.groups())
    return major, minor, patch
