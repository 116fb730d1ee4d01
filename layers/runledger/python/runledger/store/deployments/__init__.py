"""Flows and deployments in the table."""
