"""The UK Government Major Projects Portfolio, one row for each project and report year.

A project becomes a programme; what was published of it becomes dated facts and status reports, known since the
snapshot date the row describes. Nothing is back-filled into plans or budgets. Two opinions of one day (the
authority's and the owner's) stay two reports.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from pmo_portal.common.money import to_minor
from pmo_portal.jobs.imports import DamagedFile, Finding, NotCarried, Parsed
from pmo_portal.jobs.imports.reading import Row, day, read_csv
from pmo_portal.jobs.imports.units import unit_code

from .choices import FactKind, Opinion, Rating

SOURCE = "gmpp"
# What the publication counts in.
CURRENCY = "GBP"
REQUIRED = ("project_id", "year", "snapshot_date", "project_name", "dept", "dca")

_MONEY = {
    "whole_life_cost_gbp_m": FactKind.WHOLE_LIFE_COST,
    "fy_budget_gbp_m": FactKind.YEAR_BUDGET,
    "fy_forecast_gbp_m": FactKind.YEAR_FORECAST,
}
_DATES = {"start_date": FactKind.START_DATE, "end_date": FactKind.END_DATE}
_NARRATIVES = {
    "description_aims": FactKind.NARRATIVE_AIMS,
    "rating_comment": FactKind.NARRATIVE_RATING,
    "schedule_comment": FactKind.NARRATIVE_SCHEDULE,
    "variance_comment": FactKind.NARRATIVE_VARIANCE,
    "budget_comment": FactKind.NARRATIVE_BUDGET,
}
_OPINIONS = {"dca": Opinion.PUBLISHED, "ipa_dca": Opinion.IPA, "sro_dca": Opinion.SRO}
_KNOWN = {
    *REQUIRED,
    *_MONEY,
    *_DATES,
    *_NARRATIVES,
    *_OPINIONS,
}
_RATINGS = {
    "green": Rating.GREEN,
    "ambergreen": Rating.AMBER_GREEN,
    "amber": Rating.AMBER,
    "amberred": Rating.AMBER_RED,
    "red": Rating.RED,
}
# In millions, far above what any project costs; what is larger was damaged on its way.
_LARGEST = Decimal(200_000)
# Of a number that is read digit by digit at all: `1e5000` is written in six signs.
_MOST_DIGITS = 20
# Quotation marks and dashes that lost their encoding on the way stand as control characters in the publication.
_LOST_SIGNS = {
    code: sign
    for code in range(0x80, 0xA0)
    if (sign := bytes([code]).decode("cp1252", errors="ignore"))
}
# "Exempt under Section 43 (2) of the Freedom of Information Act 2000" was published where an amount was due,
# and whoever turned cells into numbers kept its digits: 4322000. Sections 21 to 44 are the exemptions.
_EXEMPTION_DIGITS = re.compile(r"(2[1-9]|3[0-9]|4[0-4])[0-9]*2000")
# What a cell has to hold for its row to be placed.
_NEEDED = {
    "dept": gettext_lazy("a name with letters or digits"),
    "year": gettext_lazy("a year from 2000 to 2100"),
    "snapshot_date": gettext_lazy("a day like 2026-03-31"),
}
# So many rows that cannot be placed are named one by one.
_DAMAGES_NAMED = 5
_NAME_LENGTH = 200
_DEPT_LENGTH = 120


@dataclass(frozen=True)
class Value:
    """One dated fact of a row."""

    kind: str
    amount: int | None = None
    on: date | None = None
    text: str = ""


@dataclass(frozen=True)
class Word:
    """One opinion on the delivery of a project; a rating that was withheld keeps its reason as the sentence."""

    opinion: str
    rating: str
    sentence: str


@dataclass(frozen=True)
class Report:
    """One project in one report year."""

    line: int
    project: str
    year: int
    snapshot_on: date
    name: str
    dept: str
    values: tuple[Value, ...]
    words: tuple[Word, ...]

    @property
    def source(self) -> str:
        return f"GMPP {self.year}"

    @property
    def known_at(self) -> datetime:
        return datetime.combine(self.snapshot_on, time.min, tzinfo=UTC)

    @property
    def code(self) -> str:
        return unit_code(f"GMPP-{self.project}")


def parse(content: bytes) -> Parsed:
    """Read a file of one or more report years.

    Raises:
        DamagedFile: it is not this file, is damaged, or a row cannot be placed (no project, year or date).
    """
    rows = [
        Row(row.line, {column: text.translate(_LOST_SIGNS) for column, text in row.values.items()})
        for row in read_csv(content, required=REQUIRED)
    ]
    parsed = Parsed(rows=[], read=len(rows))
    reports: list[Report] = []
    seen: set[tuple[str, int]] = set()
    damages: list[str] = []
    for row in rows:
        try:
            report = _report(row, parsed.findings)
        except DamagedFile as damage:
            damages.append(str(damage))
            continue
        if (report.project, report.year) in seen:
            parsed.findings.append(
                Finding(
                    row.line,
                    _("%(project)s stands in %(year)s a second time; the first row counts.")
                    % {"project": report.project, "year": report.year},
                )
            )
            continue
        seen.add((report.project, report.year))
        reports.append(report)
    if damages:
        raise DamagedFile(_in_one(damages))
    parsed.rows = sorted(reports, key=lambda each: (each.snapshot_on, each.line))
    parsed.not_carried = _not_carried(rows)
    return parsed


def _in_one(damages: list[str]) -> str:
    """What is wrong with all rows that cannot be placed, so that a file is corrected once and not row by row."""
    said = damages[:_DAMAGES_NAMED]
    more = len(damages) - len(said)
    if more:
        said.append(
            ngettext(
                "%(count)d more row cannot be placed.",
                "%(count)d more rows cannot be placed.",
                more,
            )
            % {"count": more}
        )
    return " ".join(said)


def _report(row: Row, findings: list[Finding]) -> Report:
    values = row.values
    for column in ("project_id", "project_name", "dept"):
        if not values[column]:
            raise _damaged(row, column)
    if not unit_code(values["dept"]):
        raise _damaged(row, "dept")
    if not re.fullmatch("[0-9]{4}", values["year"]) or not 2000 <= int(values["year"]) <= 2100:
        raise _damaged(row, "year")
    try:
        snapshot_on = day(values["snapshot_date"])
    except ValueError:
        snapshot_on = None
    if snapshot_on is None:
        raise _damaged(row, "snapshot_date")
    return Report(
        line=row.line,
        project=values["project_id"][:60],
        year=int(values["year"]),
        snapshot_on=snapshot_on,
        name=values["project_name"][:_NAME_LENGTH],
        dept=values["dept"][:_DEPT_LENGTH],
        values=tuple(_values(row, findings)),
        words=tuple(_words(values)),
    )


def _damaged(row: Row, column: str) -> DamagedFile:
    text = row.values[column][:40]
    if not text:
        return DamagedFile(
            _("Line %(line)s, column %(column)s: it is empty and has to be filled.")
            % {"line": row.line, "column": column}
        )
    return DamagedFile(
        _("Line %(line)s, column %(column)s: “%(text)s” stands where %(needed)s is needed.")
        % {"line": row.line, "column": column, "text": text, "needed": _NEEDED[column]}
    )


def _values(row: Row, findings: list[Finding]) -> Iterable[Value]:
    for column, kind in _DATES.items():
        text = row.values.get(column, "")
        try:
            on = day(text)
        except ValueError:
            findings.append(_left_out(row, column, text, _("is no date of a programme")))
            continue
        if on is not None:
            yield Value(kind, on=on)
    for column, kind in _MONEY.items():
        text = row.values.get(column, "")
        if not text:
            continue
        try:
            millions = Decimal(text)
        except InvalidOperation:
            findings.append(_left_out(row, column, text, _("is no amount")))
            continue
        why = _why_no_amount(millions, kind)
        if why:
            findings.append(_left_out(row, column, text, why))
            continue
        yield Value(kind, amount=to_minor(millions * 1_000_000))
    for column, kind in _NARRATIVES.items():
        text = row.values.get(column, "")
        if text:
            yield Value(kind, text=text)


def _why_no_amount(millions: Decimal, kind: FactKind) -> str:
    """Why a number of the file is no amount of money that was published; empty when it is one."""
    if not millions.is_finite():
        return _("is no amount")
    if millions.adjusted() > _MOST_DIGITS:
        return _("is no plausible amount in millions")
    if millions == millions.to_integral_value() and _EXEMPTION_DIGITS.fullmatch(
        str(abs(int(millions)))
    ):
        return _("is the section of an exemption (Freedom of Information Act 2000), no amount,")
    if abs(millions) > _LARGEST:
        return _("is no plausible amount in millions")
    if millions == 0 and kind == FactKind.WHOLE_LIFE_COST:
        return _("says that no whole-life cost was published")
    return ""


def _left_out(row: Row, column: str, text: str, why: str) -> Finding:
    return Finding(
        row.line,
        _("%(column)s: “%(text)s” %(why)s and was left out.")
        % {"column": column, "text": text[:40], "why": why},
    )


def _words(values: dict[str, str]) -> Iterable[Word]:
    """The ratings given. Something else than a colour is a rating withheld, with its reason."""
    for column, opinion in _OPINIONS.items():
        text = values.get(column, "").replace("\xa0", " ")
        if not text:
            continue
        rating = _RATINGS.get(re.sub(r"[^a-z]", "", text.lower()))
        if rating is None:
            yield Word(opinion, Rating.NOT_RATED, text)
        else:
            comment = values.get("rating_comment", "") if opinion == Opinion.PUBLISHED else ""
            yield Word(opinion, rating, first_sentence(comment))


def first_sentence(text: str, *, longest: int = 300) -> str:
    """The first sentence of a narrative, cut at a word where it is too long."""
    flat = " ".join(text.split())
    sentence = re.split(r"(?<=[.!?])\s+(?=[A-Z])", flat, maxsplit=1)[0]
    if len(sentence) <= longest:
        return sentence
    return sentence[:longest].rsplit(" ", 1)[0] + " …"


def _not_carried(rows: list[Row]) -> list[NotCarried]:
    left = []
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(
            column for column, text in row.values.items() if text and column not in _KNOWN
        )
    reasons = {
        "department": _(
            "The name of the department in that year; units follow the family in dept."
        ),
        "report_category": _("The authority's own grouping, given for some years only."),
    }
    for column in rows[0].values:
        if column not in _KNOWN:
            why = reasons.get(column, _("An unknown column."))
            left.append(NotCarried(column, why, counts[column]))
    return left


def latest_by_project(reports: Iterable[Report]) -> dict[str, Report]:
    """The newest report of each project."""
    latest: dict[str, Report] = {}
    for report in sorted(reports, key=lambda each: each.snapshot_on):
        latest[report.project] = report
    return latest


def without_amounts(report: Report) -> Report:
    """The same report for an organisation that does not count in pounds."""
    return replace(report, values=tuple(each for each in report.values if each.amount is None))


def fact_fields(value: Value) -> dict[str, Any]:
    return {"amount": value.amount, "on": value.on, "text": value.text}
