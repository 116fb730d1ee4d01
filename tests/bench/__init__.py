"""What a request costs: milliseconds, calls and capacity, beside the reference."""
