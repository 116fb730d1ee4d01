"""Use cases: read the facts, let the domain decide, commit; retry if the facts changed."""
