"""How many statements something asks of the database."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from typing import Any, Self

from django.db import connection


class Counted:
    """Counts statements but those of the frame: the session, the user, the membership, the tenant's setting."""

    _FRAME = re.compile(r'FROM "(django_session|accounts_user)"|set_config|SAVEPOINT')

    def __init__(self) -> None:
        self.statements = 0
        self._wrapper: AbstractContextManager[Any] = connection.execute_wrapper(self._count)

    def _count(self, execute: Any, statement: str, *rest: Any) -> Any:
        self.statements += not self._FRAME.search(str(statement)[:4000])
        return execute(statement, *rest)

    def __enter__(self) -> Self:
        self._wrapper.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._wrapper.__exit__(*error)
