"""Checks whether an API asks for a password: the UI then shows its login first."""

from enum import Enum
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.request import urlopen

SECONDS = 2


class Access(Enum):
    FREE = "free"
    BY_PASSWORD = "by password"  # noqa: S105 none
    NONE = "none"  # it does not answer


def to(api: str) -> Access:
    try:
        with urlopen(f"{api}/admin/version", timeout=SECONDS):  # noqa: S310 the settings take http alone
            return Access.FREE
    except HTTPError as refusal:
        return Access.BY_PASSWORD if refusal.code == HTTPStatus.UNAUTHORIZED else Access.FREE
    except OSError:
        return Access.NONE
