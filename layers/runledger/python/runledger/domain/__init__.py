"""What a run is and what becomes of it: values and pure functions, which ask nobody."""
