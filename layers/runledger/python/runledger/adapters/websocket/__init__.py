"""WebSockets at API Gateway: incoming events, outgoing messages."""
