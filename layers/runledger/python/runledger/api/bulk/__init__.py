"""Bodies of requests that change many objects at once."""
