"""Translates errors of DynamoDB into Runledger's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from runledger.domain.errors import TooLarge, Unavailable
from runledger.store.dynamodb import expressions
from runledger.store.dynamodb.writes import Item

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

RETRYABLE = frozenset(
    {
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
        "ThrottlingError",
        "ThrottlingException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "InternalServerError",
        "ServiceUnavailable",
    }
)
CONTENDED = frozenset(
    {
        "TransactionCanceledException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
TOO_MANY_REQUESTS, SERVER_ERROR = 429, 500

# DynamoDB's own messages name its operations, which help no client.
SIZES = ("Item size", "exceeded the maximum allowed size", "cannot exceed 4 MB")
TOO_LARGE = (
    "This is more than DynamoDB takes at once: shorten names and tags, or send less of them."
)
CONDITION_FAILED = frozenset({"ConditionalCheckFailed", "ConditionalCheckFailedException"})


class TransactionConflict(Unavailable):
    """A write met another transaction, or too little capacity; the next attempt may succeed."""


class DeadlineExceeded(Unavailable):
    """The deadline of a search came before its next call."""


class ConditionFailed(Exception):  # noqa: N818 - an answer to a write, not a fault
    """The condition of a write failed; nothing was written.

    `met` has an entry for each write: whether its condition failed and, if so, the item it met.
    With `is_repeated` the client sent the write again after an attempt whose outcome it does not
    know: what the condition met may be this write's own item.
    """

    def __init__(
        self, met: Sequence[tuple[bool, Item | None]], *, is_repeated: bool = False
    ) -> None:
        """Take the entries of the writes, in their order."""
        super().__init__(met)
        self.met = met
        self.is_repeated = is_repeated


def translate(error: ClientError) -> Exception:
    """Return the exception to raise for an error."""
    response: Mapping[str, Any] = error.response
    reasons = response.get("CancellationReasons") or [{"Code": _code(error), **response}]
    codes = {str(reason.get("Code")) for reason in reasons}
    if codes & CONDITION_FAILED:
        return ConditionFailed(
            [(reason.get("Code") in CONDITION_FAILED, _met(reason)) for reason in reasons],
            is_repeated=response["ResponseMetadata"].get("RetryAttempts", 0) > 0,
        )
    texts = (str(error), *map(_message, reasons))
    if any(size in text for size in SIZES for text in texts):
        return TooLarge(TOO_LARGE)
    if codes & RETRYABLE and _code(error) in CONTENDED:
        return TransactionConflict(str(error))
    status = response["ResponseMetadata"]["HTTPStatusCode"]
    if codes & RETRYABLE or status == TOO_MANY_REQUESTS or status >= SERVER_ERROR:
        return Unavailable(str(error))
    return error


def _met(reason: Mapping[str, Any]) -> Item | None:
    return expressions.plain(reason["Item"]) if reason.get("Item") else None


def _message(reason: Mapping[str, Any]) -> str:
    return reason.get("Message") or ""


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
