"""Work pools in the table, with their queues, their workers, and the runs that wait in them."""
