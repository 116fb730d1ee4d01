"""Every minute: find task workers that are gone, and pass on the runs that they did not start."""

from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from runledger import wiring
from runledger.adapters.observability import logger
from runledger.service import departures
from runledger.service.means import Means
from runledger.settings import settings


@logger.inject_lambda_context(clear_state=True)
def handler(_: dict[str, Any], __: LambdaContext) -> None:
    lease = timedelta(seconds=settings().worker_lease_seconds)
    departures.sweep(Means(wiring.store(), wiring.sockets(), datetime.now(UTC)), lease)
