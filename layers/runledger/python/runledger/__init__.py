"""Runledger: a serverless, Prefect-compatible task-run API on one DynamoDB table."""

# The logger of all functions, which adapters/observability.py sets up.
LOGGER_NAME = "runledger"
