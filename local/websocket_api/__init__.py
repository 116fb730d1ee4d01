"""The WebSocket API: handshakes, frames, events and the `@connections` API."""
