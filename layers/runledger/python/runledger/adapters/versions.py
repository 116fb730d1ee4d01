"""The version of the API that a client speaks, as a header tells it."""

from runledger.adapters.problems import BadRequest

VERSION_HEADER = "x-prefect-api-version"
OLDEST_VERSION = (0, 8, 0)


def check_version(version: str | None) -> tuple[int, int, int] | None:
    """Check and return the version of the API that a client speaks (contract, task-runs 1.3).

    Raises:
        BadRequest: it is malformed or too old.
    """
    if not version:
        return None
    try:
        major, minor, patch = map(int, version.split("."))
    except ValueError:
        raise BadRequest(
            "Invalid X-PREFECT-API-VERSION header format."
            f"Expected header in format 'x.y.z' but received {version}"
        ) from None
    if (major, minor, patch) < OLDEST_VERSION:
        oldest = ".".join(map(str, OLDEST_VERSION))
        raise BadRequest(
            f"The request specified API version {version}"
            f" but this server requires version {oldest} or higher."
        )
    return major, minor, patch
