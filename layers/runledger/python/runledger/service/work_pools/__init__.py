"""Use cases of work pools, their queues and their workers."""
