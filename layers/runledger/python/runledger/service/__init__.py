"""Use cases: gather the facts, let the domain decide, commit; start over if the run moved."""
