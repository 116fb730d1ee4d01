"""Lines of logs in the table, in compressed chunks."""
