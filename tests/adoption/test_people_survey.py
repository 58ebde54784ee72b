"""The importer of the published People Survey, on a small invented file of its shape."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from adoption import people_survey, selectors
from adoption.models import SurveyResult, SurveyWave
from pmo_portal.jobs.imports import DamagedFile, import_kind, services
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import BusinessUnit
from tests.factories.programmes import ProgrammeFactory

FILE = Path(__file__).parent / "files" / "people_survey.csv"
CONTENT = FILE.read_bytes()


def run(content: bytes = CONTENT):
    kind = import_kind("people-survey")
    return services.apply(kind, kind.parse(content))


def counts(outcome) -> list[tuple[int, int, int]]:
    return [(count.created, count.changed, count.unchanged) for count in outcome.counts]


def test_the_file_is_read_with_findings_and_what_is_left_out():
    parsed = people_survey.parse(CONTENT)
    assert (parsed.read, len(parsed.rows)) == (7, 6)
    assert [(finding.row, finding.level) for finding in parsed.findings] == [
        (3, "error"),
        (8, "error"),
    ]
    assert {left.what: left.count for left in parsed.not_carried} == {
        "dept_group": 5,
        "Benchmark rows": 1,
    }


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"survey_year,organisation\n2018,A\n", "dept"),
        (b"\xff\xfe" + CONTENT, "UTF-8"),
        (CONTENT[:-40], "damaged"),
        (CONTENT.replace(b"2019,Harbours", b'2019,"Harbours'), "damaged"),
        (CONTENT.splitlines(keepends=True)[0], "no rows"),
        (b"PK\x03\x04\x00\x00", "binary"),
    ],
)
def test_a_damaged_file_says_why(content, why):
    with pytest.raises(DamagedFile, match=why):
        people_survey.parse(content)


@pytest.mark.django_db
def test_a_row_that_makes_no_unit_or_year_is_left_out_and_said(in_acme):
    rows = ["2018,???,MOD,60", "2018,Harbours,???,60", f"{'2' * 5000},Harbours,MOD,60"]
    content = "\n".join(["survey_year,organisation,dept,engagement_index", *rows, "2018,Piers,,60"])
    outcome = run(content.encode())
    assert set(BusinessUnit.objects.values_list("code", flat=True)) >= {"PIERS"}
    assert counts(outcome)[0][0] == 1
    said = people_survey.parse(content.encode()).findings
    assert [(finding.row, finding.text[:12]) for finding in said] == [
        (2, "organisation"),
        (3, "dept: “???” "),
        (4, "“22222222222"),
    ]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("HM Revenue & Customs", "HM-REVENUE-AND-CUSTOMS"),
        ("HM Revenue and Customs", "HM-REVENUE-AND-CUSTOMS"),
        ("Attorney General's Office", "ATTORNEY-GENERALS-OFFICE"),
    ],
)
def test_spellings_of_one_name_are_one_unit(name, code):
    assert people_survey.organisation_code(name) == code


def test_long_names_stay_apart_within_thirty_characters():
    long = "Ministry of Bridges, Tunnels and Roundabouts"
    one, two = (people_survey.organisation_code(f"{long} ({end})") for end in ("North", "South"))
    assert one != two
    assert max(len(one), len(two)) <= 30


@pytest.mark.django_db
class TestImport:
    def test_organisations_stand_under_their_departments(self, in_acme):
        run()
        paths = set(BusinessUnit.objects.values_list("path", flat=True))
        bridges = people_survey.organisation_code("Ministry of Bridges (excluding agencies)")
        assert paths == {
            "MOB",
            f"MOB/{bridges}",
            "NS-I",
            # It moved; the latest year decides.
            "NS-I/TOLL-AND-FERRY-AGENCY",
            "LIGHTHOUSE-BOARD",
        }

    def test_one_wave_for_each_year_and_measure(self, in_acme):
        run()
        waves = SurveyWave.objects.filter(measure="engagement").order_by("closed_on")
        assert [(wave.closed_on, wave.source, wave.programme) for wave in waves] == [
            (date(2018, 10, 31), "published", None),
            (date(2019, 10, 31), "published", None),
        ]
        assert not SurveyResult.objects.filter(n__isnull=False).exists()

    def test_a_programme_sees_the_organisations_it_lands_in_and_no_invented_mean(self, in_acme):
        run()
        unit = BusinessUnit.objects.get(code="MOB")
        programme = ProgrammeFactory()

        def reading(day: date):
            return selectors.engagement_as_of([unit.pk], programme, day)[unit.pk]

        # Not known before it was published.
        assert reading(date(2018, 11, 30)).below is None
        before = reading(date(2019, 9, 30))
        assert before.value is None
        assert (before.below.low, before.below.high, before.below.count) == (60.5, 60.5, 1)
        assert before.below.is_published
        assert reading(date(2019, 12, 31)).below.low == 61.5

    def test_repeating_it_changes_nothing(self, in_acme):
        first, again = run(), run()
        assert counts(first) == [(5, 0, 0), (13, 0, 0), (34, 0, 0)]
        assert again.changes_nothing
        assert [unchanged for _new, _changed, unchanged in counts(again)] == [3, 13, 34]

    def test_a_corrected_file_corrects_and_a_later_one_adds(self, in_acme):
        run()
        corrected = run(CONTENT.replace(b",61.5,", b",62.5,"))
        assert counts(corrected)[2] == (0, 1, 33)
        row = b"2020,,Lighthouse Board,,,,74.0,66.0,53.0,58.0,91.0,\n"
        later = run(CONTENT.replace(b",61.5,", b",62.5,") + row)
        assert counts(later)[0][0] == 0
        assert counts(later)[2] == (5, 0, 34)

    def test_a_preview_says_the_same_and_writes_nothing(self, in_acme):
        kind = import_kind("people-survey")
        seen = services.preview(kind, kind.parse(CONTENT))
        assert counts(seen) == [(5, 0, 0), (13, 0, 0), (34, 0, 0)]
        assert not SurveyWave.objects.exists()
        assert not BusinessUnit.objects.exists()
        assert counts(run()) == counts(seen)

    def test_the_command_imports_and_reports(self, acme):
        out = StringIO()
        call_command("import_people_survey", str(FILE), "--tenant", "acme", stdout=out)
        assert "7 rows read" in out.getvalue()
        with tenant_context(acme.id):
            assert SurveyWave.objects.count() == 13
        out = StringIO()
        call_command("import_people_survey", str(FILE), "--tenant", "acme", stdout=out)
        assert "nothing changed" in out.getvalue()

    @pytest.mark.parametrize(
        ("file", "tenant", "why"),
        [
            ("missing.csv", "acme", "cannot be read"),
            (str(FILE), "nobody", "no active organisation"),
            (str(Path(__file__)), "acme", "Nothing was imported"),
        ],
    )
    def test_the_command_says_why_it_cannot(self, acme, file, tenant, why):
        with pytest.raises(CommandError, match=why):
            call_command("import_people_survey", file, "--tenant", tenant)
        with tenant_context(acme.id):
            assert not SurveyWave.objects.exists()
