"""From a batch of the table's stream to reactions, and back to where the next batch is to begin."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from runledger.adapters.observability import count, logger
from runledger.domain.errors import Unfinished
from runledger.metering import measured

Record = Mapping[str, Any]

# What was not done: the number of the record from which on the stream is to be told again.
Failures = Iterable[tuple[str, Exception]]
React = Callable[[Sequence[Record], datetime], Failures]
Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def consumer(react: React) -> Handler:
    """Make a Lambda handler of a function that reacts to records and tells what failed.

    AWS Lambda repeats a batch from the first record on that is left (ReportBatchItemFailures).
    """

    @wraps(react)
    @logger.inject_lambda_context(clear_state=True)
    def handler(event: dict[str, Any], __: LambdaContext) -> dict[str, Any]:
        records = event["Records"]
        with measured() as meter:
            left = list(react(records, datetime.now(UTC)))
        failures = [error for _, error in left if not isinstance(error, Unfinished)]
        for error in failures:
            logger.error("a reaction failed", exc_info=error)
        logger.info("reacted", extra={"records": len(records), **meter.log_fields()})
        count("ReactionFailed" if failures else "Reacted")
        return {"batchItemFailures": [{"itemIdentifier": number} for number, _ in left]}

    return handler
