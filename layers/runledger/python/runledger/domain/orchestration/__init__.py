"""Orchestration: the rules that accept, reject or delay a proposed state."""
