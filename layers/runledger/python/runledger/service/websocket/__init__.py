"""WebSockets: dispatch messages, hand out task runs, send events."""
