"""Request bodies that are not themselves domain values."""
