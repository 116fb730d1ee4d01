"""WebSocket connections, subscriptions and task workers in the table."""
