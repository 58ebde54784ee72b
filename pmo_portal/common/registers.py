"""Registers: lists with filters, sorting, paging and export, declared once.

A register names its columns; the heading with its sort links, the CSV and the XLSX come from that one
declaration. Rows are drawn by a partial of the page's own template: a generic cell renderer takes
several times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.lookups import Exact
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from . import security
from .exports import csv_response, xlsx_response
from .rendering import drawn_panels, show

PAGE_SIZE = 50
# Files of one organisation that are made at the same moment: fewer than a web server has threads.
FILES_AT_ONCE = 2

Text = str | Promise


@dataclass(frozen=True)
class Column:
    """One column of a register.

    `value` is what the export holds: an attribute path (`owner.name`) or a function of the row; numbers,
    percentages (`exports.Percent`), dates and text stay what they are. `sort` names the fields to order by; nulls always come last.
    """

    key: str
    label: Text
    value: str | Callable[[Any], Any] = ""
    sort: tuple[str, ...] = ()
    numeric: bool = False
    on_page: bool = True

    def of(self, row: Any) -> Any:
        if callable(self.value):
            return self.value(row)
        found: Any = row
        for name in (self.value or self.key).split("."):
            found = found.get(name) if isinstance(found, dict) else getattr(found, name, None)
            if found is None:
                return None
        return found


@dataclass(frozen=True)
class Register:
    """`default_sort` is the key of a column, with a minus for descending."""

    name: str
    columns: Sequence[Column]
    default_sort: str

    def order(self, wanted: str) -> tuple[str, list[Any]]:
        """The sort in force and the ORDER BY for it; an unknown wish falls back to the default."""
        by_key = {column.key: column for column in self.columns if column.sort}
        chosen = wanted if wanted.lstrip("-") in by_key else self.default_sort
        descending = chosen.startswith("-")
        order: list[Any] = [
            F(name).desc(nulls_last=True) if descending else F(name).asc(nulls_last=True)
            for name in by_key[chosen.lstrip("-")].sort
        ]
        # Rows that are equal keep one order from page to page.
        return chosen, [*order, F("pk").asc()]


@dataclass(frozen=True)
class Heading:
    key: str
    label: Text
    numeric: bool
    url: str
    aria_sort: str


@dataclass(kw_only=True)
class Turned:
    """One page of rows, with the addresses of those before and after it; empty where there is none."""

    page: Page[Any]
    total: int
    previous_url: str
    next_url: str

    @property
    def rows(self) -> Any:
        return self.page.object_list


@dataclass(kw_only=True)
class RegisterPage(Turned):
    """What a register template needs."""

    headings: list[Heading]
    sort: str
    query: str
    csv_url: str
    xlsx_url: str
    clear_url: str
    form: Any = None
    active_filters: list[tuple[Text, str]] = field(default_factory=list)
    # What higher storeys hang into the bar above it, drawn.
    panels: list[str] = field(default_factory=list)

    @property
    def is_filtered(self) -> bool:
        return bool(self.active_filters)


def _url(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    text = query.urlencode()
    return f"{request.path}?{text}" if text else request.path


def turned(request: HttpRequest, rows: Sequence[Any], *, page_size: int = PAGE_SIZE) -> Turned:
    """The page that the address asks for, of rows whose order is their own."""
    return Turned(**_turns(request, Paginator(rows, page_size)))


def _turns(request: HttpRequest, paginator: Paginator[Any]) -> dict[str, Any]:
    """The fields of `Turned`."""
    page = paginator.get_page(request.GET.get("page"))
    ways = {
        "previous_url": page.has_previous() and page.previous_page_number(),
        "next_url": page.has_next() and page.next_page_number(),
    }
    urls = {name: _url(request, page=str(to)) if to else "" for name, to in ways.items()}
    return {"page": page, "total": paginator.count, **urls}


def register_page(
    request: HttpRequest,
    register: Register,
    queryset: QuerySet[Any],
    *,
    filters: Any = None,
    present: Callable[[Any], Any] | None = None,
    page_size: int = PAGE_SIZE,
    unfiltered: int | None = None,
) -> RegisterPage:
    """Filter, sort and page a queryset as the address asks.

    `filters` is a django-filter `FilterSet` class; values it does not know are dropped. `present` makes what
    is shown out of a row, where that needs more than the row itself (thresholds, the day). `unfiltered` is how
    many rows there are without a filter, where the page has counted them already.
    """
    form, active = None, []
    if filters is not None:
        filterset = filters(request.GET, queryset=queryset, request=request)
        form = filterset.form
        form.is_valid()
        queryset = filterset.filter_queryset(queryset)
        active = _active(form)
    sort, order = register.order(request.GET.get("sort", ""))
    queryset = queryset.order_by(*order)
    paginator = Paginator(queryset, page_size)
    if unfiltered is not None and not active:
        # Instead of the property that would ask the database.
        vars(paginator)["count"] = unfiltered
    turns = _turns(request, paginator)
    page = turns["page"]
    if page.has_other_pages():
        page.object_list = _found_first(queryset, page.object_list)
    if present is not None:
        page.object_list = [present(row) for row in page.object_list]
    headings = [
        Heading(
            key=column.key,
            label=column.label,
            numeric=column.numeric,
            url=_url(request, sort=f"-{column.key}" if sort == column.key else column.key, page="")
            if column.sort
            else "",
            aria_sort={column.key: "ascending", f"-{column.key}": "descending"}.get(sort, ""),
        )
        for column in register.columns
        if column.on_page
    ]
    made = RegisterPage(
        **turns,
        headings=headings,
        sort=sort,
        query=request.GET.urlencode(),
        csv_url=_url(request, format="csv", page=""),
        xlsx_url=_url(request, format="xlsx", page=""),
        clear_url=request.path,
        form=form,
        active_filters=active,
    )
    made.panels = drawn_panels("common.register", request, made)
    return made


class _OneOf(Exact):
    """`key = ANY (ARRAY(SELECT …))`: the database finds the keys first, and then reads only their rows."""

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return f"= ANY {rhs}"


def _found_first(queryset: QuerySet[Any], shown: Any) -> Any:
    """The rows of a page, found by their keys in the same statement.

    What is shown beside a row (its programme, its people, what is counted of it) is then read for one page, and not
    for every row that is sorted to find the page.
    """
    # Rows that were worked out stand in memory, and have no statement.
    query = getattr(queryset, "query", None)
    if query is None or query.distinct or query.combinator or query.values_select:
        return shown
    return queryset.filter(_OneOf(F("pk"), ArraySubquery(shown.values("pk"))))


def _active(form: Any) -> list[tuple[Text, str]]:
    """The filters in force, as label and chosen value in words."""
    found = []
    for name, value in form.cleaned_data.items():
        if value in (None, "", []) or (hasattr(value, "exists") and not value):
            continue
        bound = form[name]
        choices = dict(getattr(bound.field, "choices", []) or [])
        words = value if not isinstance(value, (list, tuple)) else ", ".join(map(str, value))
        found.append((bound.label, str(choices.get(value, words) if _hashable(value) else words)))
    return found


def _hashable(value: Any) -> bool:
    return getattr(type(value), "__hash__", None) is not None


def export_format(request: HttpRequest) -> str:
    """`csv`, `xlsx` or nothing, as the address asks.

    Raises:
        BadRequest: it asks for something else; who wanted a file is not given a page.
    """
    wanted = request.GET.get("format", "")
    if wanted not in ("", "csv", "xlsx"):
        raise BadRequest(_("Files are made as csv or xlsx; there is no other format."))
    return wanted


def export_response(
    request: HttpRequest,
    register: Register,
    queryset: QuerySet[Any],
    *,
    filters: Any = None,
    present: Callable[[Any], Any] | None = None,
) -> HttpResponse:
    """All rows of the filter and order in force, as the file the address asks for."""
    if filters is not None:
        filterset = filters(request.GET, queryset=queryset, request=request)
        filterset.form.is_valid()
        queryset = filterset.filter_queryset(queryset)
    _sort, order = register.order(request.GET.get("sort", ""))
    found: Any = queryset.order_by(*order)
    if present is not None:
        found = map(present, found)
    return file_response(request, register, found)


def _has_place(request: HttpRequest) -> bool:
    """Whether another file of the organisation may be made now; its place is kept until the request's transaction ends."""
    tenant = getattr(request, "tenant", None)
    if tenant is None:
        return True
    with connection.cursor() as cursor:
        for place in range(FILES_AT_ONCE):
            key = f"pmo-files:{tenant.pk}:{place}"
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [key])
            if cursor.fetchone()[0]:
                return True
    return False


def file_response(request: HttpRequest, register: Register, found: Iterable[Any]) -> HttpResponse:
    """Rows as they come, as the file the address asks for; 429 while the organisation has enough of them made."""
    if not _has_place(request):
        answer = show(request, "429.html", "", {"files": FILES_AT_ONCE}, status=429)
        answer["Retry-After"] = "5"
        return answer
    header = [str(column.label) for column in register.columns]
    taken = 0

    def rows() -> Iterator[list[Any]]:
        nonlocal taken
        for row in found:
            taken += 1
            yield [column.of(row) for column in register.columns]

    respond = csv_response if export_format(request) == "csv" else xlsx_response
    response = respond(register.name, header, rows())
    security.note_of(request, "exported", register=register.name, rows=taken)
    return response
