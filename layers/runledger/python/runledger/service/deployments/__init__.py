"""Use cases of flows and deployments."""
