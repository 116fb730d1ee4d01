"""Every minute: requeue runs of lost task workers, end connections without a valid key, measure."""

from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from runledger import websocket_wiring, wiring
from runledger.adapters import auth
from runledger.adapters.observability import SECONDS, logger, publish
from runledger.service import run_metrics
from runledger.service.context import ServiceContext
from runledger.service.websocket import disconnects, dispatcher
from runledger.settings import settings


@logger.inject_lambda_context(clear_state=True)
def handler(_: dict[str, Any], __: LambdaContext) -> None:
    lease = timedelta(seconds=settings().worker_lease_seconds)
    context = ServiceContext(wiring.store(), websocket_wiring.connections(), datetime.now(UTC))
    try:
        disconnects.sweep(context, lease)
    finally:
        if not auth.is_open():
            dispatcher.disconnect_strangers(context)
        if settings().run_metrics == "on":
            publish(run_metrics.waiting(context.store))
            publish(run_metrics.waiting_seconds(context.store, context.now), SECONDS)
