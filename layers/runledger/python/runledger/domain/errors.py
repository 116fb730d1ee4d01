"""The errors of the domain, as a tree.

RunledgerError
├── NotFound            the object of the request does not exist
│   └── UnknownRun      the run for which a state was proposed does not exist
├── Conflict            the write would break an identity or name a parent that is not there
│   └── Mismatch        the request contradicts stored data; the answer says why
├── Invalid             a value that the types allow and the reference does not
├── Forbidden           what nobody may touch, or the token of a next page that is not ours
├── Rejected            a change that the object's present state does not allow
├── Locked              there is no free slot: worth another try
├── LeaseExpired        the lease ended and its slots may be taken (410)
├── ConnectionClosed    a WebSocket connection ended; no client sees this
├── TooLarge            more than the platform can hold or carry
├── Unfinished          time ran out before the end of a stream's batch; no client sees this
└── Unavailable         the store is contended, throttled or out of reach: worth another try
    ├── WriteConflict   an item changed between reading and writing it
    └── OutOfTime       a search would last longer than a request may
"""

from collections.abc import Mapping


class RunledgerError(Exception):
    """An error with a text for the client."""


class NotFound(RunledgerError):  # noqa: N818 - "not found" is what it is called
    """The object of the request does not exist; the text is the reference's."""


class UnknownRun(NotFound):
    """The run of a proposed state does not exist; the reference uses another body for this."""


class Conflict(RunledgerError):  # noqa: N818
    """A unique or foreign key would be violated."""


class Mismatch(Conflict):
    """The request contradicts stored data; the text is the reference's."""


class Invalid(RunledgerError):  # noqa: N818
    """A value that its type allows and the reference does not; the text is the reference's."""


class Forbidden(RunledgerError):  # noqa: N818
    """An object that nobody may touch, or a foreign page token; the text is the reference's."""


class Rejected(RunledgerError):  # noqa: N818
    """A change that the object's present state does not allow; the text is the reference's."""


class Locked(RunledgerError):  # noqa: N818
    """There is no free slot; without `seconds_to_wait` a retry is useless."""

    def __init__(self, text: str, seconds_to_wait: float | None) -> None:
        super().__init__(text)
        self.seconds_to_wait = seconds_to_wait


class LeaseExpired(RunledgerError):  # noqa: N818
    """The lease ended; the text is the reference's."""


class ConnectionClosed(RunledgerError):  # noqa: N818 - as API Gateway puts it
    """A WebSocket connection ended, so that nothing can be sent to it."""


class TooLarge(RunledgerError):  # noqa: N818
    """An item above DynamoDB's 400 KB, or an answer above Lambda's 6 MB."""


class Unavailable(RunledgerError):  # noqa: N818
    """The store can't answer now; clients may retry."""


class WriteConflict(Unavailable):
    """Another request changed the item first; read it again and start over."""


class OutOfTime(Unavailable):
    """A search would last longer than a request may; the text names filters that narrow it."""

    def __init__(self, text: str, log: Mapping[str, object]) -> None:
        super().__init__(text)
        self.log = log


class Unfinished(RunledgerError):  # noqa: N818
    """Time ran out before the end of a batch; the stream repeats the rest."""

    def __init__(self, sequence_number: str) -> None:
        super().__init__(f"the changes from {sequence_number} on are left for another call")
        self.sequence_number = sequence_number
