"""WebSockets: the protocol, task workers and event subscriptions."""
