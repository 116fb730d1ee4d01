"""Request and response bodies that are not domain values."""
