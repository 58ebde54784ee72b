"""Reading pages as a browser gets them."""

from __future__ import annotations

from django.test import Client


def read(client: Client, url: str) -> str:
    """The text of a page, which answers."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()
