"""botocore's exceptions, imported once a call fails: a cold start does without their 40 modules.

An `except` looks its classes up when there is an exception, no sooner.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ConnectionClosedError,
        ConnectionError,  # noqa: A004 botocore's name
        ConnectTimeoutError,
        EndpointConnectionError,
        HTTPClientError,
        NoCredentialsError,
        NoRegionError,
        ReadTimeoutError,
        SSLError,
    )

__all__ = [
    "BotoCoreError",
    "ClientError",
    "ConnectTimeoutError",
    "ConnectionClosedError",
    "ConnectionError",
    "EndpointConnectionError",
    "HTTPClientError",
    "NoCredentialsError",
    "NoRegionError",
    "ReadTimeoutError",
    "SSLError",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 a class
    if name not in __all__:
        raise AttributeError(name)
    from botocore import exceptions  # noqa: PLC0415 - see above

    return getattr(exceptions, name)
