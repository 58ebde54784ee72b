"""What organisations learn together: what people decide and give, and the one prior made of it."""
