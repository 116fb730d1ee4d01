"""Access paths: which index serves which filter."""
