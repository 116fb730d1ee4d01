"""WebSockets of API Gateway: incoming events, outgoing messages."""
