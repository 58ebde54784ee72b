"""What a refusal that weighs several fields against each other is about: the field a person would change first."""

from __future__ import annotations

from django.core.exceptions import ValidationError

# Marks the code of an error as the names of fields, so that no other code is ever taken for one.
_MARK = "about:"


def about(*fields: str) -> str:
    """The code of an error, or the `violation_error_code` of a constraint, that is about these fields.

    A form shows it at the first of them that it asks for. Services, which need no code, say the same by the key of
    their `ValidationError`.
    """
    return _MARK + ",".join(fields)


def fields_of(error: ValidationError) -> tuple[str, ...]:
    """The fields an error was said to be about, the one to change first before the others; none of other errors."""
    code = error.code or ""
    return tuple(code.removeprefix(_MARK).split(",")) if code.startswith(_MARK) else ()
