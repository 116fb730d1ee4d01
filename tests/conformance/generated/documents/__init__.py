"""Nouns of random programs: what is sent about each, as data."""
