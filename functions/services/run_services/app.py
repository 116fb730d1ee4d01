"""Every minute: create coming runs of schedules; mark runs that are late, expired or stuck."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from runledger import wiring
from runledger.adapters.observability import logger
from runledger.service import timers


@logger.inject_lambda_context(clear_state=True)
def handler(_: dict[str, Any], __: LambdaContext) -> None:
    now = wiring.now()
    timers.tick(wiring.store(), wiring.removal_deadline(now), now=now)
