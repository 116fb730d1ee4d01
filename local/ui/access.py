"""Checks whether an API requires a password: the UI then shows its login first."""

from enum import Enum
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.request import urlopen

TIMEOUT = 2  # seconds


class Access(Enum):
    OPEN = "open"
    PASSWORD = "password"  # noqa: S105 none
    UNREACHABLE = "unreachable"


def check(api: str) -> Access:
    try:
        with urlopen(f"{api}/admin/version", timeout=TIMEOUT):  # noqa: S310 the settings take http alone
            return Access.OPEN
    except HTTPError as refusal:
        return Access.PASSWORD if refusal.code == HTTPStatus.UNAUTHORIZED else Access.OPEN
    except OSError:
        return Access.UNREACHABLE
