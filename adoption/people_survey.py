"""The Civil Service People Survey by organisation and year, as published results.

One wave for each year and measure, of the whole organisation. Organisations become units under the unit of
their department family, those without one become roots. The survey runs in October and is published around
the end of the year: a result speaks of 31 October and counts as known from 31 December on.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.utils.translation import gettext as _

from pmo_portal.jobs.imports import Count, Finding, NotCarried, Outcome, Parsed
from pmo_portal.jobs.imports.reading import Row, number, read_csv
from pmo_portal.jobs.imports.units import Units, unit_code
from pmo_portal.tenants.models import BusinessUnit

from .choices import Measure
from .services import publish_wave

COLUMNS: dict[str, Measure] = {
    "engagement_index": Measure.ENGAGEMENT,
    "leadership_managing_change": Measure.LEADERSHIP,
    "change_managed_well_pct": Measure.CHANGE_MANAGED_WELL,
    "contribute_views_pct": Measure.CONTRIBUTE_VIEWS,
    "involved_in_decisions_pct": Measure.INVOLVED,
    "learning_development": Measure.LEARNING,
    "action_on_survey_pct": Measure.ACTION_ON_SURVEY,
    "response_rate_pct": Measure.RESPONSE_RATE,
}
REQUIRED = ("survey_year", "organisation", "dept", "engagement_index")
KNOWN = {"survey_year", "organisation", "dept", "dept_group", *COLUMNS}
FIRST_YEAR = 2009

# Medians and means over the whole service: no people of their own.
_BENCHMARK = re.compile(r"\bbenchmark\b|^all civil servants\b", re.IGNORECASE)


@dataclass(frozen=True)
class Result:
    """One organisation in one year. `values` holds only what was given and lies in 0 to 100."""

    year: int
    organisation: str
    dept: str
    values: dict[str, float]


def known_at(year: int) -> datetime:
    return datetime(year, 12, 31, tzinfo=UTC)


def wave_day(year: int) -> date:
    return date(year, 10, 31)


def organisation_key(name: str) -> str:
    """One key for the spellings of one name: case, `&` and punctuation do not matter."""
    return re.sub(r"[^a-z0-9]+", " ", name.lower().replace("&", " and ").replace("'", "")).strip()


def organisation_code(name: str) -> str:
    """A unit code of at most 30 characters; long names end in a short hash, so that they stay apart."""
    key = organisation_key(name)
    code = re.sub(r"[^A-Z0-9]+", "-", key.upper()).strip("-")
    if len(code) <= 30:
        return code
    return f"{unit_code(code[:24])}-{hashlib.sha256(key.encode()).hexdigest()[:5].upper()}"


def parse(content: bytes) -> Parsed:
    """Read the file.

    Raises:
        DamagedFile: it is not this file, or is damaged.
    """
    rows = read_csv(content, required=REQUIRED)
    parsed = Parsed(rows=[], read=len(rows))
    results: list[Result] = []
    seen: set[tuple[int, str]] = set()
    left: Counter[str] = Counter()
    for row in rows:
        if _BENCHMARK.search(row.values["organisation"]):
            left["benchmark"] += 1
            continue
        result = _result(row, parsed.findings)
        if result is None:
            continue
        key = (result.year, organisation_key(result.organisation))
        if key in seen:
            parsed.findings.append(
                Finding(
                    row.line,
                    _("%(name)s stands in %(year)s a second time; the first row counts.")
                    % {"name": result.organisation, "year": result.year},
                )
            )
            continue
        seen.add(key)
        results.append(result)
    parsed.rows = results
    parsed.not_carried = _not_carried(rows, left["benchmark"])
    return parsed


def _result(row: Row, findings: list[Finding]) -> Result | None:
    """A row as a result, or None with a finding that says why not."""
    values = row.values
    year = values["survey_year"]
    if not re.fullmatch("[0-9]{4}", year) or not FIRST_YEAR <= int(year) <= 2100:
        said = {"year": year[:40]}
        findings.append(Finding(row.line, _("“%(year)s” is no survey year.") % said))
        return None
    if not values["organisation"]:
        findings.append(Finding(row.line, _("The row names no organisation.")))
        return None
    for column, code in (("organisation", organisation_code), ("dept", unit_code)):
        text = values[column]
        if text and not code(text):
            findings.append(
                Finding(
                    row.line,
                    _("%(column)s: “%(text)s” has no letters for a code; the row was left out.")
                    % {"column": column, "text": text[:40]},
                )
            )
            return None
    carried: dict[str, float] = {}
    for column, measure in COLUMNS.items():
        text = values.get(column, "")
        try:
            value = number(text)
        except ValueError:
            value = None
            findings.append(
                Finding(
                    row.line,
                    _("%(column)s: “%(text)s” is no number and was left out.")
                    % {"column": column, "text": text[:40]},
                )
            )
        if value is None:
            continue
        if not 0 <= value <= 100.0001:
            findings.append(
                Finding(
                    row.line,
                    _("%(column)s of %(name)s: %(text)s lies outside 0 to 100 and was left out.")
                    % {"column": column, "name": values["organisation"], "text": text},
                )
            )
            continue
        carried[measure] = min(round(value, 6), 100.0)
    return Result(int(year), values["organisation"], values["dept"], carried)


def _not_carried(rows: list[Row], benchmarks: int) -> list[NotCarried]:
    left = [
        NotCarried(
            "dept_group",
            _("The name a department had in that year; units follow the family in dept."),
            sum(bool(row.values.get("dept_group")) for row in rows),
        )
    ]
    if benchmarks:
        left.append(
            NotCarried(
                _("Benchmark rows"),
                _("Medians and means over the whole service belong to no unit."),
                benchmarks,
            )
        )
    for column in rows[0].values:
        if column not in KNOWN:
            left.append(
                NotCarried(
                    column, _("An unknown column."), sum(bool(row.values[column]) for row in rows)
                )
            )
    return left


def apply(parsed: Parsed) -> Outcome:
    """Write units and waves. Repeating it changes nothing."""
    results: list[Result] = sorted(parsed.rows, key=lambda result: result.year)
    outcome = Outcome()
    units = Units()
    before = units.created
    by_key = _organisations(results, units, outcome.findings)
    waves: dict[tuple[int, str], dict[BusinessUnit, float]] = defaultdict(dict)
    for result in results:
        unit = by_key[organisation_key(result.organisation)]
        for measure, value in result.values.items():
            waves[result.year, measure][unit] = value
    new_waves = created = changed = unchanged = 0
    for (year, measure), values in sorted(waves.items()):
        done = publish_wave(
            name=_("Civil Service People Survey %(year)s") % {"year": year},
            measure=measure,
            closed_on=wave_day(year),
            values=values,
            known_at=known_at(year),
            note=_(
                "Published by the Cabinet Office, Open Government Licence v3.0. Without numbers of answers."
            ),
            acting=None,
        )
        new_waves += done.is_new
        created += done.created
        changed += done.changed
        unchanged += done.unchanged
    made = units.created - before
    outcome.counts = [
        Count(_("Units"), created=made, unchanged=len(by_key) - min(made, len(by_key))),
        Count(_("Survey waves"), created=new_waves, unchanged=len(waves) - new_waves),
        Count(_("Results"), created=created, changed=changed, unchanged=unchanged),
    ]
    return outcome


def _organisations(
    results: list[Result], units: Units, findings: list[Finding]
) -> dict[str, BusinessUnit]:
    """A unit for every organisation, under the department of its latest year that names one."""
    latest: dict[str, Result] = {}
    families: dict[str, list[str]] = defaultdict(list)
    for result in results:
        key = organisation_key(result.organisation)
        latest[key] = result
        if result.dept and result.dept not in families[key][-1:]:
            families[key].append(result.dept)
    found: dict[str, BusinessUnit] = {}
    for key, result in sorted(latest.items()):
        moved = families[key]
        parent = units.department(moved[-1]) if moved else None
        found[key] = units.get_or_create(
            organisation_code(result.organisation), name=result.organisation, parent=parent
        )
        if len(moved) > 1:
            findings.append(
                Finding(
                    None,
                    _(
                        "%(name)s moved between departments (%(families)s); its unit stands under %(dept)s."
                    )
                    % {
                        "name": result.organisation,
                        "families": ", ".join(moved),
                        "dept": moved[-1],
                    },
                    level="note",
                )
            )
    return found
