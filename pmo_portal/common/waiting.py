"""What waits for somebody: rows of many tables in the same columns, so that one statement reads all of them.

Each app says of its own tables what waits for a member (`Kind`); `asked` puts the rows of one table into the columns of
`Waits`, which the desk reads with one UNION.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    DateField,
    F,
    IntegerField,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.functional import Promise

Text = str | Promise
# What is planned for a day is shown so far ahead, on either half.
AHEAD = timedelta(weeks=4)


class Place(StrEnum):
    """Where on the page something stands: what both decide together, or one of the two halves."""

    TOGETHER = "together"
    DELIVERY = "delivery"
    ADOPTION = "adoption"


class Ground(StrEnum):
    """Why it waits for this person: by their own name, because they speak for their function, or steer where no group does."""

    OWNER = "owner"
    LEAD = "lead"
    SEAT = "seat"
    SPONSOR = "sponsor"
    CHAIR = "chair"
    SENDER = "sender"
    FUNCTION = "function"
    NO_GROUP = "no_group"


# What is asked of more people than this one.
SHARED = (Ground.FUNCTION, Ground.NO_GROUP)


class Waits(NamedTuple):
    """One thing that waits. `kind` is the key of its `Kind`; what `voice`, `detail` and `size` say is its kind's own.

    `due` is the day it is needed by, `since` the day from which it waits; one of them may be missing.
    """

    kind: str
    place: str
    prefix: str
    number: int
    code: str
    programme: str
    title: str
    since: date | None
    due: date | None
    ground: str
    voice: str
    detail: str
    size: int

    @property
    def reference(self) -> str:
        return f"{self.prefix}-{self.number}"


COLUMNS = tuple(f"w_{name}" for name in Waits._fields)


@dataclass(frozen=True)
class Kind:
    """One kind of thing that can wait.

    Attributes:
        label: what a group of them is called.
        rows: what waits of it for a member on a day, each queryset in the columns of `asked`.
        why: what is missing, in a sentence.
        url: where it is done, given the tenant's slug.
    """

    key: str
    label: Text
    rows: Callable[[Any, date], Iterable[QuerySet[Any]]]
    why: Callable[[Waits], str]
    url: Callable[[str, Waits], str]


def asked(
    found: QuerySet[Any],
    *,
    place: Place,
    prefix: Any,
    title: str,
    ground: Any,
    number: str = "number",
    programme: str | None = "programme__",
    since: Any = None,
    due: Any = None,
    voice: str = "",
    detail: Any = "",
    size: Any = 0,
) -> QuerySet[Any]:
    """Rows of one table in the columns of `Waits`, without the kind, and `w_stage`, that of their programme.

    Args:
        prefix: what references begin with, a text or an expression.
        title, number: fields. programme: the way to the programme of a row, None where it has none.
        since, due: fields or expressions; None where a kind has no such day.
        ground: a `Ground` or an expression for one; voice, detail, size: values or expressions.
    """
    return found.annotate(
        w_place=_text(place.value),
        w_prefix=_text(prefix),
        w_number=Cast(F(number), IntegerField()),
        w_code=_text("" if programme is None else F(f"{programme}code")),
        w_programme=_text("" if programme is None else F(f"{programme}name")),
        w_stage=_text("" if programme is None else Coalesce(F(f"{programme}stage"), Value(""))),
        w_title=_text(F(title)),
        w_since=_day(since),
        w_due=_day(due),
        w_ground=_text(ground.value if isinstance(ground, Ground) else ground),
        w_voice=_text(voice),
        w_detail=_text(detail),
        w_size=Cast(Value(size) if isinstance(size, int) else size, IntegerField()),
    )


def _text(value: Any) -> Any:
    return Cast(Value(str(value)) if isinstance(value, str) else value, TextField())


def _day(value: Any) -> Any:
    """In a UNION a column without any value has to say its type."""
    return Cast(F(value) if isinstance(value, str) else value or Value(None), DateField())


def ground_of(*cases: tuple[Any, Ground], otherwise: Ground = Ground.FUNCTION) -> Any:
    """The first ground whose condition (a `Q`) holds for a row."""
    return Case(
        *(When(condition, then=Value(ground.value)) for condition, ground in cases),
        default=Value(otherwise.value),
        output_field=CharField(),
    )
