"""Themes, tone and topics of comments, and whether a share rose."""
