"""The keys and indexes of the table."""
