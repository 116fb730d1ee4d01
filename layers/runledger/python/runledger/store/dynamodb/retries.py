"""Which failures of a call are tried again, and when: as botocore's "standard" mode has it.

botocore/retries/standard.py is the source of the lists and of the numbers.
"""

import random
from typing import NamedTuple

from botocore.retries.quota import RetryQuota

TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})
THROTTLED_STATUS = 429
TRANSIENT_CODES = frozenset(
    {"ReplicatedWriteConflictException", "RequestTimeout", "RequestTimeoutException"}
)
THROTTLED_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
MAX_PAUSE = 20.0


class RetryableFailure(NamedTuple):
    """A kind of failure that is worth another attempt.

    pause: the longest one before the second attempt, in seconds; twice as long before the next.
    price: what an attempt takes from the client's quota of 500, so that many failures in a row
        end all repetitions for a while.
    """

    pause: float
    price: int


TRANSIENT = RetryableFailure(pause=0.025, price=14)
THROTTLED = RetryableFailure(pause=1.0, price=5)


def failure_of(status: int, code: str) -> RetryableFailure | None:
    """Classify a response by its HTTP status and DynamoDB's error code, if it has one."""
    if code in THROTTLED_CODES or status == THROTTLED_STATUS:
        return THROTTLED
    if code in TRANSIENT_CODES or status in TRANSIENT_STATUSES:
        return TRANSIENT
    return None


class Attempts:
    """The attempts at one call."""

    def __init__(self, limit: int, quota: RetryQuota) -> None:
        """Take the number of attempts, and the quota that the calls of a client share."""
        self.number = 1
        self._limit, self._quota = limit, quota
        self._paid = 1

    def pause_after(self, failure: RetryableFailure) -> float | None:
        """Return the random pause before the next attempt, in seconds; None: it was the last."""
        if self.number == self._limit or not self._quota.acquire(failure.price):
            return None
        self._paid = failure.price
        longest: float = min(failure.pause * 2 ** (self.number - 1), MAX_PAUSE)
        self.number += 1
        return random.uniform(0, longest)  # noqa: S311

    def succeed(self) -> None:
        """Give back what the last repetition cost."""
        self._quota.release(self._paid)
