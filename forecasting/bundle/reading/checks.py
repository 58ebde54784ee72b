"""What only all files together can tell: units no file lists, rows that speak of nothing, impossible ones."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _, ngettext

from pmo_portal.jobs.imports import Finding, Parsed

from .tables import TABLES, Bundle


def gather_units(bundle: Bundle, parsed: Parsed) -> None:
    """The units the other files name, where no file says how many people they have."""
    programmes = {row[0] for row in bundle["programmes"]}
    named = dict.fromkeys(
        row[:2]
        for name in ("surveys", "training", "flags", "comments")
        for row in bundle[name]
        if row[0] in programmes
    )
    bundle.tables["units"] = [(*pair, None) for pair in named]
    if named:
        parsed.findings.append(
            Finding(
                None,
                _(
                    "There is no units.csv: the units were taken from the other files, without their headcount."
                ),
                level="note",
            )
        )


def begin_with_first_week(bundle: Bundle, parsed: Parsed) -> None:
    """Let programmes begin with their first week where that lies before their start, or nobody says when they start: what
    was reported was under way.
    """
    first: dict[str, date] = {}
    for row in bundle["snapshots"]:
        first[row[0]] = min(row[1], first.get(row[0], row[1]))
    made = []
    for name, portfolio, starts_on, *rest in bundle["programmes"]:
        known = [each for each in (starts_on, first.get(name)) if each is not None]
        if not known:
            parsed.findings.append(
                Finding(
                    None,
                    _(
                        "programmes.csv: %(programme)s has neither a start nor a week; the row was left out."
                    )
                    % {"programme": name},
                )
            )
            continue
        begins_on = min(known)
        if begins_on != starts_on:
            text = (
                _(
                    "programmes.csv: %(programme)s starts on %(start)s and is reported from %(first)s on, which is taken for its start."
                )
                if starts_on
                else _(
                    "programmes.csv: %(programme)s names no start and is reported from %(first)s on, which is taken for it."
                )
            )
            parsed.findings.append(
                Finding(
                    None,
                    text % {"programme": name, "start": starts_on, "first": begins_on},
                    level="note",
                )
            )
        made.append((name, portfolio, begins_on, *rest))
    bundle.tables["programmes"] = made


def take_for_risks(bundle: Bundle, parsed: Parsed) -> None:
    """Items of which nobody says what kind they are: tools that tell no kinds keep risks."""
    at = list(TABLES["raid"].columns).index("type")
    unnamed = sum(not row[at] for row in bundle["raid"])
    if not unnamed:
        return
    bundle.tables["raid"] = [
        (*row[:at], row[at] or "risk", *row[at + 1 :]) for row in bundle["raid"]
    ]
    parsed.findings.append(
        Finding(
            None,
            ngettext(
                "raid.csv: %(count)s item names no type and is taken for a risk.",
                "raid.csv: %(count)s items name no type and are taken for risks.",
                unnamed,
            )
            % {"count": unnamed},
            level="note",
        )
    )


def tell_shared_days(bundle: Bundle, parsed: Parsed) -> None:
    """Milestones that nothing but their place in the file tells apart: two, or one line that was written twice."""
    shared = len(bundle["milestones"]) - len({row[:2] for row in bundle["milestones"]})
    if shared:
        parsed.findings.append(
            Finding(
                None,
                ngettext(
                    "milestones.csv: %(count)s milestone is planned for the same day as another of its programme; both count.",
                    "milestones.csv: %(count)s milestones are planned for the same day as another of their programme; all count.",
                    shared,
                )
                % {"count": shared},
                level="note",
            )
        )


def keep_known(bundle: Bundle, parsed: Parsed, *, on: date) -> None:
    """Leave out rows that speak of a programme, unit or item no other file names, and those that cannot be.

    Args:
        on: today. A bundle of weeks that are still to come is taken up to its last one.
    """
    last = max([on, *(row[1] for row in bundle["snapshots"])])
    programmes = {row[0] for row in bundle["programmes"]}
    units = {(row[0], row[1]) for row in bundle["units"]}
    for name, table in TABLES.items():
        if name in ("programmes", "raid_updates"):
            continue
        columns = list(table.columns)
        at = columns.index("programme")
        with_unit = "unit" in columns and name != "units"
        kept = []
        for row in bundle[name]:
            if row[at] not in programmes or (with_unit and (row[0], row[1]) not in units):
                _unknown(parsed, name, row)
            elif why := _why_impossible(name, row, last):
                _impossible(parsed, name, row, why)
            else:
                kept.append(row)
        bundle.tables[name] = kept
    items = {row[0] for row in bundle["raid"]}
    known = []
    for row in bundle["raid_updates"]:
        if row[0] in items:
            known.append(row)
        else:
            _unknown(parsed, "raid_updates", row)
    bundle.tables["raid_updates"] = known


def _unknown(parsed: Parsed, name: str, row: tuple[Any, ...]) -> None:
    parsed.findings.append(
        Finding(
            None,
            _("%(file)s: %(row)s is named in no other file; the row was left out.")
            % {"file": f"{name}.csv", "row": ", ".join(str(each) for each in row[:2])},
        )
    )


def _why_impossible(name: str, row: tuple[Any, ...], last: date) -> str:
    if name == "training" and (not row[4] or row[3] > row[4]):
        return _("more people completed the training than were enrolled, or nobody was")
    if name == "raid" and row[2] > last:
        return _("it was opened on a day that has not come yet")
    if name == "raid" and any(day is not None and day < row[2] for day in row[7:9]):
        return _("it was escalated or closed before it was opened")
    return ""


def _impossible(parsed: Parsed, name: str, row: tuple[Any, ...], why: str) -> None:
    parsed.findings.append(
        Finding(
            None,
            _("%(file)s: %(row)s: %(why)s; the row was left out.")
            % {"file": f"{name}.csv", "row": ", ".join(str(each) for each in row[:3]), "why": why},
        )
    )
