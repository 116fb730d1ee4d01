"""The requests of the sample events, sent to the deployed API."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.support.sample_events import PATHS, sample_event

# So many functions start at a time.
AT_ONCE = 3
# What API Gateway adds to a request, and what the client here says for itself.
ADDED = {"host", "x-amzn-trace-id", "accept-encoding"}


def send(api: httpx.Client) -> None:
    """Send them all, of which many find nothing: their ids belong to no run."""
    events = [event for operation in sorted(PATHS) if "httpMethod" in (event := _event(operation))]
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        sent = [pool.submit(_send, api, event) for event in events]
        # One that gets no answer is a failure, after all others were sent too.
        errors = [error for one in sent if (error := one.exception())]
    finally:
        pool.shutdown(cancel_futures=True)
    if errors:
        raise errors[0]


def _event(operation: str) -> dict[str, Any]:
    event = sample_event(operation)
    # The authorizer's event is a request, too.
    return {} if event.get("type") == "REQUEST" else event


def _send(api: httpx.Client, event: dict[str, Any]) -> None:
    query = event["multiValueQueryStringParameters"] or {}
    api.request(
        event["httpMethod"],
        event["path"],
        params=[(name, value) for name, values in query.items() for value in values],
        content=event["body"],
        headers=[
            (name, value)
            for name, values in event["multiValueHeaders"].items()
            for value in values
            if not _is_added(name.lower())
        ],
    )


def _is_added(header: str) -> bool:
    return header in ADDED or header.startswith("x-forwarded-")
