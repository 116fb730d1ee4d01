"""Logs and metrics, configured by the environment alone. Bodies and parameters are never logged."""

from aws_lambda_powertools import Logger, Metrics

logger = Logger(service="runledger")
metrics = Metrics(namespace="Runledger", service="runledger")
