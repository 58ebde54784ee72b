"""Which model tells scores now, what holds, and what people decide about it."""
