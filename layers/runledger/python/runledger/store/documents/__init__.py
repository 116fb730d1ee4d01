"""Named documents in the table."""
