"""Logs and metrics, configured by the environment alone. Bodies and parameters are never logged."""

from uuid import UUID

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

logger = Logger(service="runledger")

UNSCHEDULED = "schedules are kept and start no runs"


def warn_of_schedules(deployment_id: UUID) -> None:
    """Log that nothing starts a deployment's runs, though its client takes it for that.

    Clients have no ear for warnings: whoever keeps the server is to know.
    """
    logger.warning(UNSCHEDULED, extra={"deployment_id": str(deployment_id)})


def count(outcome: str) -> None:
    """Publish that a request ended so: by itself, for the local server answers many at once."""
    metrics = EphemeralMetrics(namespace="Runledger", service="runledger")
    metrics.add_metric(outcome, MetricUnit.Count, 1)
    metrics.flush_metrics()
