"""What translates between AWS and us: HTTP events, logs, metrics."""
