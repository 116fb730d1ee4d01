"""Runledger: a serverless, Prefect-compatible task-run API on one DynamoDB table."""
