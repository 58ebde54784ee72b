"""Walks through the portal as people take them: Chromium against `manage.py up`, with its real roles, policy of
content and workers."""
