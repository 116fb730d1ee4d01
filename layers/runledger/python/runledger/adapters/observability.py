"""Logs and metrics, configured by the environment alone. Bodies and parameters are never logged."""

from uuid import UUID

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from runledger import LOGGER_NAME

logger = Logger(service=LOGGER_NAME)

UNSCHEDULED = "schedules are kept and start no runs"


def warn_of_schedules(deployment_id: UUID) -> None:
    """Log that no schedule starts runs of a deployment, although its client expects it.

    The warning is for the operator: clients show none.
    """
    logger.warning(UNSCHEDULED, extra={"deployment_id": str(deployment_id)})


def count(outcome: str) -> None:
    """Publish one outcome by itself: the local server handles many requests at once."""
    metrics = EphemeralMetrics(namespace="Runledger", service=LOGGER_NAME)
    metrics.add_metric(outcome, MetricUnit.Count, 1)
    metrics.flush_metrics()
