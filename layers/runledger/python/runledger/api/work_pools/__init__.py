"""Bodies of requests about work pools, and of their answers (docs/contract/work-pools.md)."""
