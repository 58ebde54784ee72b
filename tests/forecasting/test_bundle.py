"""History bundles: what is read, when it is known, and that nothing else is touched."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import random
import sys
import zipfile
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from adoption.models import SignalTally, SurveyComment, SurveyResult, SurveyWave, TrainingProgress
from adoption.services import withdraw_training
from forecasting.bundle import reading
from forecasting.choices import EventKind
from forecasting.learning import worlds
from forecasting.models import ReportedEvent
from pmo_portal.common import clock
from pmo_portal.jobs.imports import DamagedFile
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import BusinessUnit
from programmes.models import (
    Milestone,
    MilestoneForecast,
    Programme,
    ProgrammeUnit,
    RaidItem,
    RaidUpdate,
    ReportedFact,
    StatusReport,
)
from programmes.selectors import milestones_as_of, raid_as_of, status_as_of

pytestmark = pytest.mark.django_db

FACTS = (
    ReportedFact,
    StatusReport,
    MilestoneForecast,
    RaidUpdate,
    SurveyResult,
    TrainingProgress,
    SignalTally,
    SurveyComment,
    ReportedEvent,
)
DATED = {
    "snapshots.csv": "date",
    "surveys.csv": "date",
    "training.csv": "date",
    "flags.csv": "date",
    "raid.csv": "opened_date",
    "raid_updates.csv": "date",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world of our own, with a few comments."""
    found = tmp_path_factory.mktemp("bundle")
    history = worlds.History(worlds.draw_world(8, programmes=6, weeks=30))
    history.write(found)
    with (found / "surveys.csv").open(encoding="utf-8") as file:
        surveys = list(csv.DictReader(file))[:10]
    with (found / "comments.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["programme", "unit", "date", "text"])
        writer.writerows(
            [row["programme"], row["unit"], row["date"], f"Remark {at}"]
            for at, row in enumerate(surveys)
        )
    return found


def take_in(folder: Path, tenant: str = "acme") -> str:
    out = io.StringIO()
    call_command("import_history", str(folder), "--tenant", tenant, stdout=out)
    return out.getvalue()


def rewritten(folder: Path, to: Path, change: Callable[[str, list[dict[str, str]]], None]) -> Path:
    """A copy of a bundle with the rows of each file changed."""
    to.mkdir(exist_ok=True)
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8") as file:
            reader = csv.DictReader(file)
            heading, rows = list(reader.fieldnames or ()), list(reader)
        change(path.name, rows)
        with (to / path.name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, heading)
            writer.writeheader()
            writer.writerows(rows)
    return to


def readable(as_of: date) -> dict[str, list[tuple[object, ...]]]:
    """Everything a reader gets as of a day, without the keys of this database."""
    found: dict[str, list[tuple[object, ...]]] = {}
    about = {
        ReportedFact: ("programme__name", "kind", "effective_on", "known_at", "ratio"),
        StatusReport: ("programme__name", "effective_on", "known_at", "rating"),
        MilestoneForecast: (
            "milestone__programme__name", "milestone__name", "effective_on", "forecast_on", "actual_on",
        ),
        RaidUpdate: ("item__external_id", "effective_on", "known_at", "text", "status"),
        SurveyResult: ("wave__programme__name", "unit__code", "effective_on", "mean", "n"),
        TrainingProgress: ("programme__name", "unit__code", "effective_on", "completed"),
        SignalTally: ("programme__name", "unit__code", "effective_on", "count"),
        SurveyComment: ("programme__name", "unit__code", "effective_on", "text"),
        ReportedEvent: ("programme__name", "kind", "subject", "effective_on"),
    }  # fmt: skip
    for model, names in about.items():
        rows = model._default_manager.known_by(as_of).values_list(*names)
        found[model.__name__] = sorted(rows, key=repr)
    return found


def cut_after(day: date) -> Callable[[str, list[dict[str, str]]], None]:
    """A bundle as it stood on a day: no later row, and nothing that only later days could tell."""

    def cut(name: str, rows: list[dict[str, str]]) -> None:
        column = DATED.get(name)
        if column or name == "comments.csv":
            rows[:] = [row for row in rows if row[column or "date"] <= day.isoformat()]
        if name == "programmes.csv":
            rows[:] = [row for row in rows if row["start_date"] <= day.isoformat()]
        for row in rows:
            if name == "milestones.csv":
                # Of the day itself nothing is certain before it has passed.
                if row["planned_date"] >= day.isoformat():
                    row["missed"] = ""
                if row["actual_date"] >= day.isoformat():
                    row["actual_date"] = ""
            if name == "raid.csv":
                for column in ("escalated_date", "closed_date"):
                    if row[column] >= day.isoformat():
                        row[column] = ""

    return cut


def test_a_bundle_fills_every_part_of_the_portal(acme, folder) -> None:
    said = take_in(folder)
    assert "Programmes: 6 new" in said
    with tenant_context(acme.id):
        assert Programme.objects.count() == 6
        for model in FACTS:
            assert model._default_manager.exists(), model
        assert SurveyWave.objects.exists()
        golive = Milestone.objects.filter(is_golive=True).first()
        assert golive.forecasts.earliest("effective_on").forecast_on == golive.baseline_on


def read_by_selectors(as_of: date) -> dict[str, list[tuple[object, ...]]]:
    """What the pages of that day read."""
    ids = list(Programme.objects.values_list("pk", flat=True))
    names = dict(Programme.objects.values_list("pk", "name"))
    items = dict(RaidItem.objects.values_list("pk", "external_id"))
    return {
        "milestones": sorted(
            (names[each.milestone.programme_id], each.milestone.name, each.milestone.baseline_on,
             each.forecast_on, str(each.actual_on), each.said_on, each.state, each.slip)
            for each in milestones_as_of(ids, as_of)
        ),
        "raid": sorted(
            (items[each.item_id], each.kind, each.side, str(each.score), each.status, each.said_on)
            for each in raid_as_of(ids, as_of)
        ),
        "status": sorted(
            (names[pk], half, opinion, report.rating)
            for (pk, half, opinion), report in status_as_of(ids, as_of).items()
        ),
        "facts": sorted(
            (names[fact.programme_id], fact.kind, fact.ratio, fact.effective_on)
            for fact in ReportedFact.objects.known_by(as_of).filter(programme__in=ids)
        ),
    }  # fmt: skip


# Any day, not only the Mondays on which rows are dated; the same days in every run.
DAYS = sorted(random.Random(14).sample(range(30 * 7), 6))


@pytest.mark.parametrize("days", [0, 77, *DAYS])
def test_nothing_is_known_before_its_date(acme, borealis, folder, tmp_path, days) -> None:
    """As of a day the whole history reads as if it had been imported on that day."""
    with (folder / "programmes.csv").open(encoding="utf-8") as file:
        last_start = max(date.fromisoformat(row["start_date"]) for row in csv.DictReader(file))
    day = last_start + timedelta(days=days)
    take_in(folder)
    take_in(rewritten(folder, tmp_path / "cut", cut_after(day)), "borealis")
    found = []
    for tenant in (acme, borealis):
        with tenant_context(tenant.id):
            found.append((readable(day), read_by_selectors(day)))
    assert found[0] == found[1]


def test_what_only_time_can_tell_is_known_the_day_after(acme, folder) -> None:
    take_in(folder)
    with tenant_context(acme.id):
        missed = ReportedEvent.objects.filter(kind=EventKind.MILESTONE_MISSED).first()
        known = ReportedEvent.objects.known_by(missed.effective_on)
        assert not known.filter(pk=missed.pk).exists()
        day_after = missed.effective_on + timedelta(days=1)
        assert ReportedEvent.objects.known_by(day_after).filter(pk=missed.pk).exists()


def test_crises_are_runs_of_weeks(acme, folder) -> None:
    take_in(folder)
    with (folder / "snapshots.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    starts = sum(
        row["in_crisis"] == "1"
        and (before["in_crisis"] == "0" or before["programme"] != row["programme"])
        for before, row in pairwise([{"in_crisis": "0", "programme": ""}, *rows])
    )
    with tenant_context(acme.id):
        assert ReportedEvent.objects.filter(kind=EventKind.CRISIS_BEGAN).count() == starts > 0


def test_what_was_taken_back_is_not_imported_again(acme, folder) -> None:
    take_in(folder)
    with tenant_context(acme.id):
        entry = TrainingProgress.objects.order_by("pk").first()
        withdraw_training([entry], at=clock.now(), acting=None)
        before = TrainingProgress.objects.count()
    take_in(folder)
    with tenant_context(acme.id):
        assert TrainingProgress.objects.count() == before
        assert TrainingProgress.objects.standing().count() == before - 1


def test_a_second_import_changes_nothing(acme, folder) -> None:
    take_in(folder)
    with tenant_context(acme.id):
        before = [model._default_manager.count() for model in FACTS]
    assert "nothing changed" in take_in(folder)
    with tenant_context(acme.id):
        assert [model._default_manager.count() for model in FACTS] == before


def test_a_bundle_that_grew_adds_what_is_new(acme, borealis, folder, tmp_path) -> None:
    day = date.fromisoformat("2024-01-01")
    shorter = rewritten(folder, tmp_path / "shorter", cut_after(day + timedelta(weeks=40)))
    take_in(shorter)
    take_in(folder)
    take_in(folder, "borealis")
    with tenant_context(acme.id):
        grown = readable(date(2030, 1, 1))
        items = sorted(
            RaidItem.objects.values_list("external_id", "status", "closed_on", "escalated_on")
        )
    with tenant_context(borealis.id):
        assert grown == readable(date(2030, 1, 1))
        assert items == sorted(
            RaidItem.objects.values_list("external_id", "status", "closed_on", "escalated_on")
        )


def test_two_milestones_of_one_day_are_two(acme, folder, tmp_path) -> None:
    """Whatever their order in the file, and though a later bundle knows more of them."""
    day = programme = ""

    def beside(*others: tuple[str, int]) -> Callable[[str, list[dict[str, str]]], None]:
        def change(name: str, rows: list[dict[str, str]]) -> None:
            nonlocal day, programme
            if name == "milestones.csv":
                first = rows.pop(0)
                day, programme = first["planned_date"], first["programme"]
                for missed, later in others:
                    reached = date.fromisoformat(day) + timedelta(days=later)
                    known = {"missed": missed, "actual_date": reached.isoformat() if later else ""}
                    rows.insert(0, first | known)

        return change

    def kept() -> list[tuple[str, str]]:
        with tenant_context(acme.id):
            found = Milestone.objects.filter(
                baseline_on=day, programme__name=programme, is_golive=False
            )
            events = ReportedEvent.objects.filter(
                kind=EventKind.MILESTONE_MISSED, effective_on=day, programme__name=programme
            )
            return [
                *sorted((each.name, str(each.actual_on)) for each in found),
                ("missed", str(events.count())),
            ]

    def days_after(days: int) -> str:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()

    said = take_in(rewritten(folder, tmp_path / "one", beside(("1", 0), ("1", 3))))
    name = f"Milestone of {day}"
    reached, other = (name, days_after(3)), f"{name} (2)"
    assert "planned for the same day as another" in said
    assert kept() == [reached, (other, "None"), ("missed", "2")]
    later = rewritten(folder, tmp_path / "two", beside(("1", 3), ("1", 5)))
    take_in(later)
    assert kept() == [reached, (other, days_after(5)), ("missed", "2")]
    assert "nothing changed" in take_in(later)


def test_rows_that_differ_from_what_is_kept_are_left_and_said(acme, folder, tmp_path) -> None:
    take_in(folder)

    def other(name: str, rows: list[dict[str, str]]) -> None:
        if name == "snapshots.csv":
            rows[0]["rag"] = "red" if rows[0]["rag"] != "red" else "green"

    assert "Status reports: 1 rows differ" in take_in(rewritten(folder, tmp_path / "other", other))


# Hooks cannot be taken away again, so one stands here and writes down what is touched while a list is open.
_touched: list[list[str]] = []


def _note(event: str, args: tuple[object, ...]) -> None:
    if _touched and event in ("open", "os.listdir", "os.scandir") and args[0] is not None:
        _touched[-1].append(str(args[0]))


sys.addaudithook(_note)


def test_only_the_files_of_a_bundle_are_opened(acme, folder, tmp_path) -> None:
    """Poison lies beside them: a folder `truth` with a file of a bundle's own name, and neighbours."""
    bundle = rewritten(folder, tmp_path / "poisoned", lambda name, rows: None)
    (bundle / "truth").mkdir()
    for poison in ("truth/risk.csv", "truth/raid.csv", "truth/snapshots.csv.gz", "risk.csv"):
        (bundle / poison).write_bytes(b"\xff poison")
    _touched.append([])
    try:
        said = take_in(bundle)
    finally:
        touched = {Path(path) for path in _touched.pop() if path.startswith(str(bundle))}
    assert "Programmes: 6 new" in said
    assert bundle not in touched, "The folder was listed."
    assert {path.parent for path in touched} == {bundle}
    assert {path.name for path in touched} <= reading.NAMES


def zipped(folder: Path, inside: str = "", poison: tuple[str, ...] = ()) -> bytes:
    """A bundle as a zip. Poison is a member that cannot be opened without an error."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.glob("*.csv"):
            archive.write(path, f"{inside}{path.name}", zipfile.ZIP_DEFLATED)
        for name in poison:
            archive.writestr(name, "poison!")
    return packed.getvalue().replace(b"poison!", b"poison?")


@pytest.mark.parametrize(
    ("inside", "poison"),
    [
        ("", ()),
        ("", ("truth/raid.csv",)),
        ("", ("truth/raid.csv", "../surveys.csv", "/flags.csv", "a/b/units.csv")),
        ("our-history/", ()),
        ("our-history/", ("our-history/truth/raid.csv",)),
        ("our-history/", ("truth/raid.csv", "__MACOSX/._raid.csv", "../raid.csv")),
    ],
)
def test_a_zip_gives_the_same_rows_as_the_folder(folder, inside, poison) -> None:
    """A folder beside the bundle may hold a `raid.csv` too, as `truth` of the practice world does."""
    packed = reading.parse_archive(zipped(folder, inside, poison))
    assert packed.rows[0].tables == reading.parse(reading.files_in(folder)).rows[0].tables


def test_poison_in_a_zip_raises_when_it_is_opened(folder) -> None:
    """So that the test above can fail."""
    with pytest.raises(DamagedFile, match="cannot be unpacked"):
        reading.parse_archive(zipped(folder, "", ("raid_updates.csv.gz",)))


@pytest.mark.parametrize(
    ("poison", "said"),
    [
        (("flags.csv",), "has flags.csv twice"),
        (("other/programmes.csv",), "more than one bundle"),
    ],
)
def test_a_zip_that_means_two_things_is_refused(folder, poison, said) -> None:
    inside = "our-history/" if "/" in poison[0] else ""
    with pytest.warns(UserWarning, match="Duplicate") if not inside else contextlib.nullcontext():
        packed = zipped(folder, inside, poison)
    with pytest.raises(DamagedFile, match=said):
        reading.parse_archive(packed)


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_packed_in_another_way_is_refused(folder, way) -> None:
    """Damages of these have kinds of their own, which ended the job without a word."""
    packed = io.BytesIO(zipped(folder))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("units.csv.gz", "units", way)
    with pytest.raises(DamagedFile, match=r"units\.csv\.gz is packed in a way that is not read"):
        reading.parse_archive(packed.getvalue())


def test_a_packed_file_is_read_like_a_plain_one(folder, tmp_path) -> None:
    packed = rewritten(folder, tmp_path / "packed", lambda name, rows: None)
    (packed / "training.csv.gz").write_bytes(gzip.compress((packed / "training.csv").read_bytes()))
    (packed / "training.csv").unlink()
    whole = reading.parse(reading.files_in(folder))
    assert reading.parse(reading.files_in(packed)).rows[0].tables == whole.rows[0].tables


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "snapshots.csv").unlink(), "has no snapshots.csv"),
        (lambda folder: (folder / "programmes.csv").write_text("programme\nP1\n"), "lacks these columns: portfolio"),
        (lambda folder: (folder / "units.csv").write_bytes(b"programme,unit,headcount\nP,\xff,1\n"), "line 2"),
        (lambda folder: (folder / "units.csv").write_text("programme,unit,headcount\nP,1\n"), "2 values where the heading has 3"),
        (lambda folder: (folder / "units.csv").write_bytes(b"programme,unit,headcount\nP,\0,1\n"), "line 2 holds binary data"),
        (lambda folder: (folder / "flags.csv.gz").write_bytes(b"no gzip"), "flags.csv"),
        (lambda folder: (folder / "units.csv").write_text('programme,unit,headcount\n"P'), "cannot be read"),
    ],
)  # fmt: skip
def test_a_damaged_bundle_is_refused_whole(acme, folder, tmp_path, damage, said) -> None:
    broken = rewritten(folder, tmp_path / "broken", lambda name, rows: None)
    damage(broken)
    with pytest.raises(CommandError, match="Nothing was imported") as refused:
        take_in(broken)
    assert said in str(refused.value)
    with tenant_context(acme.id):
        assert not Programme.objects.exists()


def test_no_zip_is_refused(folder) -> None:
    with pytest.raises(DamagedFile, match="cannot be unpacked"):
        reading.parse_archive(b"no zip at all")


def test_a_zip_that_unpacks_to_too_much_is_refused(monkeypatch, folder) -> None:
    monkeypatch.setattr(reading.files, "MAX_BYTES", 1000)
    with pytest.raises(DamagedFile, match="unpack to more than"):
        reading.parse_archive(zipped(folder))


def test_all_files_together_are_limited(monkeypatch, folder) -> None:
    """Ten small bombs are a bomb."""
    files = reading.files_in(folder)
    monkeypatch.setattr(reading.files, "MAX_BYTES", max(map(len, files.values())) + 1)
    with pytest.raises(DamagedFile, match="unpack to more than"):
        reading.parse_archive(zipped(folder))
    packed = {f"{name}.gz": gzip.compress(content) for name, content in files.items()}
    with pytest.raises(DamagedFile, match="unpack to more than"):
        reading.parse(packed)


@pytest.mark.parametrize(
    ("file", "column", "value", "said"),
    [
        ("snapshots.csv", "spi", "fast", "spi 'fast' is no number"),
        ("snapshots.csv", "date", "01/02/2024", "is no date"),
        ("snapshots.csv", "date", "0001-01-01", "is no date of a programme"),
        ("snapshots.csv", "date", "9999-12-31", "is no date of a programme"),
        ("raid_updates.csv", "item", "X" * 61, "longer than 60 characters"),
        ("snapshots.csv", "rag", "blue", "neither green, amber nor red"),
        ("snapshots.csv", "spi", "nan", "is no usable number"),
        ("surveys.csv", "score", "120", "no figure from 0 to 100"),
        ("training.csv", "completed", "9999999", "more people completed"),
        ("training.csv", "unit", "Nowhere", "named in no other file"),
        ("raid.csv", "probability", "7", "no number from 1 to 5"),
        ("raid.csv", "closed_date", "2001-01-01", "before it was opened"),
        ("raid_updates.csv", "item", "X999999", "named in no other file"),
        ("raid.csv", "opened_date", "2199-01-01", "on a day that has not come yet"),
    ],
)
def test_a_row_that_cannot_be_is_left_out_and_named(
    folder, tmp_path, file, column, value, said
) -> None:
    def spoil(name: str, rows: list[dict[str, str]]) -> None:
        if name == file:
            rows[0][column] = value

    whole = reading.parse(reading.files_in(folder))
    parsed = reading.parse(reading.files_in(rewritten(folder, tmp_path / "spoilt", spoil)))
    assert any(said in finding.text and file in finding.text for finding in parsed.findings)
    name = file.removesuffix(".csv")
    assert len(parsed.rows[0][name]) == len(whole.rows[0][name]) - 1


def test_a_column_that_is_named_twice_is_refused(folder) -> None:
    files = reading.files_in(folder)
    files["raid.csv"] = files["raid.csv"].replace(b"closed_date", b"closed_date,impact", 1)
    with pytest.raises(DamagedFile, match="names a column twice: impact"):
        reading.parse(files)


WHOLE = {
    "completed", "enrolled", "flags", "headcount", "impact", "in_crisis", "missed", "mitigation_in_place", "n",
    "probability",
}  # fmt: skip


def test_whole_numbers_are_read_as_tools_write_them_that_know_no_gaps_in_them(
    folder, tmp_path
) -> None:
    def as_decimals(_name: str, rows: list[dict[str, str]]) -> None:
        for row in rows:
            row |= {column: f"{row[column]}.0" for column in WHOLE & set(row) if row[column]}

    odd = reading.parse(reading.files_in(rewritten(folder, tmp_path / "odd", as_decimals)))
    whole = reading.parse(reading.files_in(folder))
    assert odd.rows[0].tables == whole.rows[0].tables


def test_a_programme_whose_start_nobody_says_begins_with_its_first_week(folder, tmp_path) -> None:
    first, second = [row[0] for row in reading.parse(reading.files_in(folder)).rows[0]["programmes"]][:2]  # fmt: skip

    def forget(name: str, rows: list[dict[str, str]]) -> None:
        if name == "programmes.csv":
            for row in rows[:2]:
                row["start_date"] = ""
        if name == "snapshots.csv":
            rows[:] = [row for row in rows if row["programme"] != second]

    parsed = reading.parse(reading.files_in(rewritten(folder, tmp_path / "odd", forget)))
    bundle = parsed.rows[0]
    begins_on = min(row[1] for row in bundle["snapshots"] if row[0] == first)
    assert {row[0]: row[2] for row in bundle["programmes"]}[first] == begins_on
    assert second not in {row[0] for name in ("programmes", "training") for row in bundle[name]}
    said = " ".join(finding.text for finding in parsed.findings)
    assert f"{first} names no start and is reported from {begins_on} on" in said
    assert f"{second} has neither a start nor a week" in said


def test_items_that_name_no_type_are_taken_for_risks(folder, tmp_path) -> None:
    def forget(name: str, rows: list[dict[str, str]]) -> None:
        if name == "raid.csv":
            for row in rows[:3]:
                row["type"] = ""

    parsed = reading.parse(reading.files_in(rewritten(folder, tmp_path / "odd", forget)))
    items, all_items = (each.rows[0]["raid"] for each in (parsed, reading.parse(reading.files_in(folder))))  # fmt: skip
    assert [item[3] for item in items[:3]] == ["risk"] * 3
    assert items[3:] == all_items[3:]
    assert "raid.csv: 3 items name no type" in " ".join(each.text for each in parsed.findings)


def test_units_are_taken_from_the_other_files_where_units_csv_is_absent(
    acme, borealis, folder, tmp_path
) -> None:
    without = rewritten(folder, tmp_path / "without", lambda name, rows: None)
    (without / "units.csv").unlink()
    take_in(folder)
    assert "There is no units.csv" in take_in(without, "borealis")
    found = []
    for tenant in (acme, borealis):
        with tenant_context(tenant.id):
            found.append(readable(date(2030, 1, 1)))
    assert found[0] == found[1]
    with tenant_context(borealis.id):
        assert set(ProgrammeUnit.objects.values_list("headcount", flat=True)) == {None}


@pytest.mark.parametrize("kept", [("programmes", "snapshots"), ("programmes", "snapshots", "raid")])
def test_every_other_file_may_be_absent(acme, folder, tmp_path, kept) -> None:
    small = rewritten(folder, tmp_path / "small", lambda name, rows: None)
    for path in small.glob("*.csv"):
        if path.stem not in kept:
            path.unlink()
    take_in(small)
    assert "nothing changed" in take_in(small)


LONG = "A programme whose name is longer than any key that would be kept of it: "


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("programme", (f"{LONG}north", f"{LONG}south")),
        ("programme", ("A & B", "A-B")),
        ("unit", (f"{LONG}north", f"{LONG}south")),
        ("unit", ("A & B", "A-B")),
        ("unit", ("\u90e8", "\u9580")),
    ],
)
def test_names_that_are_nearly_the_same_stay_apart(acme, folder, tmp_path, column, names) -> None:
    with (folder / "units.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    by_programme: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_programme[row["programme"]].append(row["unit"])
    pair = next(units for units in by_programme.values() if len(units) > 1)
    old = (pair if column == "unit" else list(by_programme))[:2]

    def renamed(name: str, rows: list[dict[str, str]]) -> None:
        for row in rows:
            if row.get(column) in old:
                row[column] = names[old.index(row[column])]

    bundle = rewritten(folder, tmp_path / "renamed", renamed)
    take_in(bundle)
    with tenant_context(acme.id):
        model = BusinessUnit if column == "unit" else Programme
        assert model.objects.filter(name__in=names).count() == 2
    assert "nothing changed" in take_in(bundle)


def test_what_people_said_here_since_stays(acme, folder, tmp_path) -> None:
    """Neither the same bundle again nor a longer one takes back an edit."""
    day = date(2024, 1, 1) + timedelta(weeks=40)
    shorter = rewritten(folder, tmp_path / "shorter", cut_after(day))
    take_in(shorter)
    with tenant_context(acme.id):
        golive = Milestone.objects.filter(is_golive=True).first()
        plan = Milestone.objects.filter(is_golive=False).first()
        item = RaidItem.objects.filter(closed_on__isnull=True).first()
        shut = RaidItem.objects.filter(closed_on__isnull=False).first()
        MilestoneForecast.objects.create(
            milestone=golive, forecast_on=date(2031, 1, 1), effective_on=date(2030, 1, 1),
            known_at=clock.start_of(date(2030, 1, 1)),
        )  # fmt: skip
        Milestone.objects.filter(pk=golive.pk).update(forecast_on=date(2031, 1, 1))
        Milestone.objects.filter(pk=plan.pk).update(baseline_on=date(2031, 2, 1), name="Ours")
        RaidItem.objects.filter(pk=item.pk).update(status="response_planned", title="Ours")
        RaidItem.objects.filter(pk=shut.pk).update(status="assessed", closed_on=None)
        milestones = Milestone.objects.count()
    assert "nothing changed" in take_in(shorter)
    take_in(folder)
    with tenant_context(acme.id):
        golive.refresh_from_db()
        plan.refresh_from_db()
        item.refresh_from_db()
        shut.refresh_from_db()
        assert golive.forecast_on == date(2031, 1, 1)
        assert (plan.baseline_on, plan.name) == (date(2031, 2, 1), "Ours")
        assert item.title == "Ours"
        assert item.closed_on or item.status == "response_planned"
        assert (shut.status, shut.closed_on) == ("assessed", None)
        assert Milestone.objects.count() == milestones


def test_small_groups_are_not_kept(acme, folder) -> None:
    take_in(folder)
    with (folder / "surveys.csv").open(encoding="utf-8") as file:
        small = sum(int(row["n"]) < 7 for row in csv.DictReader(file))
    with tenant_context(acme.id):
        hidden = SurveyResult.objects.filter(is_released=False)
        assert hidden.count() == small
        assert not SurveyResult.objects.filter(n__lt=7).exists()


def test_a_code_that_is_taken_gets_a_number(acme, folder) -> None:
    from tests.factories.programmes import ProgrammeFactory

    with tenant_context(acme.id):
        ProgrammeFactory(code="P0000")
    take_in(folder)
    with tenant_context(acme.id):
        assert Programme.objects.get(external_id="P0000").code == "P0000-2"


def test_an_organisation_that_does_not_exist_is_refused(db, folder) -> None:
    with pytest.raises(CommandError, match="no active organisation"):
        take_in(folder, "nobody")


def test_one_organisation_gets_the_rows(acme, borealis, folder) -> None:
    take_in(folder)
    with tenant_context(borealis.id):
        assert not Programme.objects.exists()
        assert not SurveyComment.objects.exists()
