"""Two invented organisations with eighteen months of history.

The folders `northshire/` and `brightwater/` hold the stories, as data. `load.py` writes them through the services of the
apps: only what people would have typed is seeded, every score, flag and finding is computed.
"""
