"""A history bundle told week by week, and what that was worth."""
