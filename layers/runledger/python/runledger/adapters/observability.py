"""Logs and metrics, configured by the environment alone. Bodies and parameters are never logged."""

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

logger = Logger(service="runledger")


def count(outcome: str) -> None:
    """Publish that a request ended so: by itself, for the local server answers many at once."""
    metrics = EphemeralMetrics(namespace="Runledger", service="runledger")
    metrics.add_metric(outcome, MetricUnit.Count, 1)
    metrics.flush_metrics()
