"""Lambda handler decorator for the table's stream, with partial batch responses."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from runledger.adapters.observability import count, logger
from runledger.domain.errors import Unfinished
from runledger.metering import measured

Record = Mapping[str, Any]

# Sequence numbers from which the stream repeats its records, each with the reason.
Failures = Iterable[tuple[str, Exception]]
React = Callable[[Sequence[Record], datetime], Failures]
Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def consumer(react: React) -> Handler:
    """Make a Lambda handler of a function that reacts to records and returns its failures.

    AWS Lambda repeats a batch from its first failure on (ReportBatchItemFailures).
    """

    @wraps(react)
    @logger.inject_lambda_context(clear_state=True)
    def handler(event: dict[str, Any], __: LambdaContext) -> dict[str, Any]:
        records = event["Records"]
        with measured() as meter:
            unfinished = list(react(records, datetime.now(UTC)))
        failures = [error for _, error in unfinished if not isinstance(error, Unfinished)]
        for error in failures:
            logger.error("a reaction failed", exc_info=error)
        logger.info("reacted", extra={"records": len(records), **meter.log_fields()})
        count("ReactionFailed" if failures else "Reacted")
        return {"batchItemFailures": [{"itemIdentifier": number} for number, _ in unfinished]}

    return handler
