"""Search: plan which index to read, read it, filter and sort."""
