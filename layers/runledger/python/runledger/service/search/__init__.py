"""Searches: find, paginate, count and sum up entities by filters."""
