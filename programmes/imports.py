"""Writes what `gmpp.py` read. In bulk, inside the one transaction the import framework opens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import count

from django.utils.translation import gettext as _, ngettext

from pmo_portal.jobs.imports import Count, Finding, Outcome, Parsed
from pmo_portal.jobs.imports.units import Units
from pmo_portal.tenants.context import current_tenant_id
from pmo_portal.tenants.models import Tenant
from pmo_portal.tenants.services import next_reference

from . import events, gmpp
from .choices import FactKind, Half, Stage
from .gmpp import Report
from .models import Programme, ProgrammeUnit, ReportedFact, StatusReport

# Of a programme, as the table has it.
_LONGEST_CODE = 30


def apply_gmpp(parsed: Parsed) -> Outcome:
    """Write programmes, their units, facts and status reports. Repeating it changes nothing.

    Later files go into the same programmes. A name follows the newest report; what people wrote on a programme
    otherwise stays theirs.
    """
    outcome = Outcome()
    reports = _in_own_currency(parsed.rows, outcome.findings)
    known = {each.external_id: each for each in Programme.all_objects.filter(source=gmpp.SOURCE)}
    newest = _newest_report_days(known)
    programmes, programme_count = _programmes(reports, known, newest, outcome.findings)
    unit_count = _units(reports, programmes, newest, outcome.findings)
    outcome.counts = [
        programme_count,
        unit_count,
        _status_reports(reports, programmes),
        _facts(reports, programmes),
    ]
    if not outcome.changes_nothing:
        events.announce(events.programme_changed, tenant_id=current_tenant_id(), programme_id=None)
    return outcome


def _in_own_currency(reports: Sequence[Report], findings: list[Finding]) -> list[Report]:
    """The reports, without their amounts where the organisation would read pounds as its own currency."""
    currency = Tenant.objects.get(pk=current_tenant_id()).currency
    if currency == gmpp.CURRENCY:
        return list(reports)
    carried = [gmpp.without_amounts(each) for each in reports]
    left = sum(
        len(each.values) - len(kept.values) for each, kept in zip(reports, carried, strict=True)
    )
    if left:
        findings.append(
            Finding(
                None,
                ngettext(
                    "%(count)s amount is in pounds and was left out: this organisation counts in %(currency)s.",
                    "%(count)s amounts are in pounds and were left out: this organisation counts in %(currency)s.",
                    left,
                )
                % {"count": left, "currency": currency},
            )
        )
    return carried


def _programmes(
    reports: list[Report],
    known: dict[str, Programme],
    newest: dict[int, date],
    findings: list[Finding],
) -> tuple[dict[str, Programme], Count]:
    """The programme of every project, deleted ones included: deleting one is not undone by a file."""
    latest = gmpp.latest_by_project(reports)
    new, renamed = [], []
    taken = set(Programme.all_objects.values_list("code", flat=True))
    for project, report in sorted(latest.items()):
        programme = known.get(project)
        if programme is None:
            programme = _new_programme(project, report)
            programme.code = _free_code(report, taken, findings)
            taken.add(programme.code)
            new.append(programme)
        elif (
            report.snapshot_on > newest.get(programme.pk, report.snapshot_on)
            and programme.name != report.name
        ):
            programme.name = report.name
            programme.version += 1
            renamed.append(programme)
    if new:
        first = next_reference("P", count=len(new))
        for offset, programme in enumerate(new):
            programme.number = first + offset
        Programme.objects.bulk_create(new)
    for programme in renamed:
        programme.save(update_fields=["name", "version"])
    known.update({each.external_id: each for each in new})
    wanted = {project: known[project] for project in latest}
    unchanged = len(wanted) - len(new) - len(renamed)
    return wanted, Count(_("Programmes"), len(new), len(renamed), unchanged)


def _free_code(report: Report, taken: set[str], findings: list[Finding]) -> str:
    """The code of the project, or the next one that no programme has, which is said."""
    if report.code not in taken:
        return report.code
    tries = (f"-{number}" for number in count(2))
    code = next(
        code
        for ending in tries
        if (code := f"{report.code[: _LONGEST_CODE - len(ending)]}{ending}") not in taken
    )
    findings.append(
        Finding(
            None,
            _("Another programme has the code %(taken)s: %(name)s gets %(code)s.")
            % {"taken": report.code, "name": report.name, "code": code},
            level="note",
        )
    )
    return code


def _new_programme(project: str, report: Report) -> Programme:
    aims = next((each.text for each in report.values if each.kind == FactKind.NARRATIVE_AIMS), "")
    return Programme(
        name=report.name,
        purpose=aims,
        portfolio=report.dept,
        # What the portfolio publishes is under way; who closes one here says so here.
        stage=Stage.DELIVERY,
        source=gmpp.SOURCE,
        external_id=project,
    )


def _newest_report_days(known: dict[str, Programme]) -> dict[int, date]:
    """Up to which day each programme was reported before this file."""
    rows = (
        ReportedFact.objects.filter(programme__in=[each.pk for each in known.values()])
        .order_by("programme_id", "-effective_on")
        .distinct("programme_id")
        .values_list("programme_id", "effective_on")
    )
    return dict(rows)


def _units(
    reports: list[Report],
    programmes: dict[str, Programme],
    newest: dict[int, date],
    findings: list[Finding],
) -> Count:
    """Link every programme to the unit of the department family it was last reported by.

    A file older than what is here moves nothing.
    """
    units = Units()
    families: dict[str, list[str]] = defaultdict(list)
    for report in reports:
        if report.dept not in families[report.project]:
            families[report.project].append(report.dept)
    linked = set(
        ProgrammeUnit.objects.filter(
            programme__in=[each.pk for each in programmes.values()]
        ).values_list("programme_id", "unit_id")
    )
    latest = gmpp.latest_by_project(reports)
    links = []
    for project, moved in sorted(families.items()):
        last = latest[project]
        programme, unit = programmes[project], units.department(last.dept)
        last_on = last.snapshot_on
        is_older = last_on < newest.get(programme.pk, last_on)
        if not is_older and (programme.pk, unit.pk) not in linked:
            links.append(ProgrammeUnit(programme=programme, unit=unit))
        if len(moved) > 1:
            findings.append(
                Finding(
                    None,
                    _("%(name)s was reported by %(families)s; it lands in %(dept)s.")
                    % {
                        "name": programme.name,
                        "families": ", ".join(moved),
                        "dept": last.dept,
                    },
                    level="note",
                )
            )
    ProgrammeUnit.objects.bulk_create(links)
    return Count(_("Departments as units"), len(links), 0, len(families) - len(links))


def _status_reports(reports: list[Report], programmes: dict[str, Programme]) -> Count:
    known = {
        (each.programme_id, each.opinion, each.reported_source): each
        for each in StatusReport.all_objects.filter(
            programme__in=[each.pk for each in programmes.values()], half=Half.DELIVERY
        ).exclude(reported_source="")
    }
    new, changed, unchanged = [], 0, 0
    for report in reports:
        programme = programmes[report.project]
        for word in report.words:
            before = known.get((programme.pk, word.opinion, report.source))
            if before is None:
                new.append(
                    StatusReport(
                        programme=programme,
                        half=Half.DELIVERY,
                        rating=word.rating,
                        opinion=word.opinion,
                        sentence=word.sentence,
                        reported_source=report.source,
                        effective_on=report.snapshot_on,
                        known_at=report.known_at,
                    )
                )
            elif (before.rating, before.sentence) != (word.rating, word.sentence):
                before.rating, before.sentence = word.rating, word.sentence
                before.version += 1
                before.save(update_fields=["rating", "sentence", "version"])
                changed += 1
            else:
                unchanged += 1
    if new:
        first = next_reference("SR", count=len(new))
        for offset, each in enumerate(new):
            each.number = first + offset
        StatusReport.objects.bulk_create(new)
    return Count(_("Status reports"), len(new), changed, unchanged)


def _facts(reports: list[Report], programmes: dict[str, Programme]) -> Count:
    known = {
        (each.programme_id, each.kind, each.source): each
        for each in ReportedFact.objects.filter(
            programme__in=[each.pk for each in programmes.values()]
        )
    }
    new, changed, unchanged = [], [], 0
    for report in reports:
        programme = programmes[report.project]
        for value in report.values:
            fields = gmpp.fact_fields(value)
            before = known.get((programme.pk, value.kind, report.source))
            if before is None:
                new.append(
                    ReportedFact(
                        programme=programme,
                        kind=value.kind,
                        source=report.source,
                        effective_on=report.snapshot_on,
                        known_at=report.known_at,
                        **fields,
                    )
                )
            elif any(getattr(before, name) != wanted for name, wanted in fields.items()):
                for name, wanted in fields.items():
                    setattr(before, name, wanted)
                changed.append(before)
            else:
                unchanged += 1
    ReportedFact.objects.bulk_create(new, batch_size=2000)
    ReportedFact.objects.bulk_update(changed, ["amount", "on", "text"], batch_size=500)
    return Count(_("Dated facts"), len(new), len(changed), unchanged)
