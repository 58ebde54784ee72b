"""Training on any plain table of named columns."""
