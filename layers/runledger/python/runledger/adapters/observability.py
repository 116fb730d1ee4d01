"""Logs and metrics, configured by the environment alone. Bodies and parameters are never logged."""

from collections.abc import Mapping

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit
from aws_lambda_powertools.metrics.functions import is_metrics_disabled

from runledger import LOGGER_NAME

logger = Logger(service=LOGGER_NAME)

COUNT, SECONDS = MetricUnit.Count, MetricUnit.Seconds


def count(outcome: str) -> None:
    """Publish one outcome by itself: the local server handles many requests at once."""
    publish({outcome: 1})


def publish(values: Mapping[str, float], unit: MetricUnit = COUNT) -> None:
    """Publish metrics together; the environment has their namespace and their service."""
    if is_metrics_disabled():
        return  # it would prepare them first
    metrics = EphemeralMetrics()
    for name, value in values.items():
        metrics.add_metric(name, unit, value)
    if values:
        metrics.flush_metrics()
