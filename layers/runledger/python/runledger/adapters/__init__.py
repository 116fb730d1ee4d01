"""Between AWS and the services: HTTP events, logs and metrics."""
