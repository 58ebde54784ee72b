"""What may not be shown leaves nowhere: pages, files, history, search, selectors."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from adoption import selectors, services
from adoption.choices import Measure
from adoption.models import SurveyResult
from pmo_portal.common import clock
from pmo_portal.scorecards import heat
from pmo_portal.tenants.context import tenant_context
from tests.factories.programmes import ProgrammeFactory
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 1)
MOMENT = datetime(2026, 6, 1, 9, tzinfo=UTC)


def tree(**people: int | None) -> dict[str, object]:
    """Units by code: `OPS` and, below it, the others."""
    parent = UnitFactory(code="OPS", name="Operations")
    return {
        "OPS": parent,
        **{code: UnitFactory(code=code, name=f"Team {code}", parent=parent) for code in people},
    }


def record(cells: dict, *, day: date = DAY, programme=None, measure=Measure.ENGAGEMENT):
    entries = [services.Entry(unit, mean, n) for unit, mean, n in cells.values()]
    return services.record_wave(
        name="Pulse",
        measure=measure,
        closed_on=day,
        entries=entries,
        known_at=MOMENT,
        programme=programme,
        acting=None,
    )


def bare(page: str, reference: str) -> str:
    """A page without what differs between any two requests: form tokens, moments, its own number."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "token", page)
    page = re.sub(r'"X-CSRFToken":\s*"[^"]+"', "token", page)
    page = re.sub(r'content="[A-Za-z0-9]{64}"', "token", page)
    page = re.sub(r'datetime="[^"]+"|\d\d:\d\d', "moment", page)
    return page.replace(reference, "W")


def shown(wave) -> set[str]:
    return set(wave.results.released().values_list("unit__code", flat=True))


@pytest.mark.parametrize(("n", "codes"), [(6, set()), (7, {"OPS"})])
def test_a_figure_is_shown_from_k_answers_on(in_acme, n, codes):
    units = tree()
    assert shown(record({"OPS": (units["OPS"], 60, n)})) == codes


def test_k_is_the_one_of_the_tenant_and_frozen_in_the_wave(in_acme):
    from tests.factories.tenants import TenantSettingsFactory

    TenantSettingsFactory(survey_k=10)
    units = tree()
    wave = record({"OPS": (units["OPS"], 60, 9)})
    assert (wave.k, shown(wave)) == (10, set())
    TenantSettingsFactory(survey_k=5)
    assert shown(wave) == set()


@pytest.mark.parametrize(
    ("answers", "codes"),
    [({"A": 12, "B": 6, "C": 3}, {"OPS", "A"}), ({"A": 12, "B": 3}, {"OPS"})],
)
def test_complementary_suppression(in_acme, answers, codes):
    units = tree(**answers)
    wave = record({code: (units[code], 55, n) for code, n in answers.items()})
    assert shown(wave) == codes
    # The unit above was not entered: it carries the weighted mean of what lies below.
    above = wave.results.get(unit=units["OPS"])
    assert (above.mean, above.n, above.is_rolled_up) == (55, sum(answers.values()), True)


def test_what_is_hidden_is_not_kept(in_acme):
    units = tree(A=12, B=3)
    wave = record({"A": (units["A"], 70, 12), "B": (units["B"], 13.37, 3)})
    hidden = wave.results.filter(is_released=False)
    assert list(hidden.values_list("mean", "n")) == [(None, None), (None, None)]


def test_the_database_refuses_to_keep_a_hidden_figure(in_acme):
    from django.db import IntegrityError, transaction

    units = tree(B=3)
    wave = record({"OPS": (units["OPS"], 70, 12), "B": (units["B"], 13.37, 3)})
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyResult.objects.filter(wave=wave, is_released=False).update(mean=1, n=3)


@pytest.mark.parametrize(("mean", "told"), [(100, "95 or more"), (0, "5 or less")])
def test_what_everybody_answered_alike_is_told_nowhere(acme, vic, client_for, mean, told):
    with tenant_context(acme.id):
        units = tree(A=12)
        wave = record({"OPS": (units["OPS"], mean, 12), "A": (units["A"], mean, 12)})
        assert list(wave.results.released().values_list("mean", flat=True)) == [
            float(told.split()[0])
        ]
        readings = selectors.engagement_as_of([units["A"].pk], None, clock.today())
        assert readings[units["A"].pk].bound == told.partition(" ")[2]
        today = clock.today()
        (row,) = [
            each
            for each in heat.rows(vic, acme, as_of=today, today=today, first=today)
            if each.pk == units["OPS"].pk
        ]
        assert row.note == told.partition(" ")[2]
        url = wave.get_absolute_url()
    browser = client_for(vic)
    page = " ".join(browser.get(url).content.decode().split())
    assert f'<td class="pp-num">{told}</td>' in page
    assert f"Inherited from Operations: {told}" in page
    number, bound = told.split(" ", 1)
    assert f",{number}.0,{bound},12" in browser.get(f"{url}?format=csv").content.decode()


@pytest.mark.parametrize("path", ["", "?format=csv"])
def test_pages_are_the_same_bytes_for_every_number_below_k(acme, vic, client_for, path):
    """The unit above has a figure of its own, so nothing else in the wave changes."""
    bodies = set()
    for n in range(7):
        with tenant_context(acme.id):
            if n == 0:
                units = tree(A=20, B=n)
            wave = record(
                {
                    "OPS": (units["OPS"], 60, 40),
                    "A": (units["A"], 62, 20),
                    "B": (units["B"], 13.37 + n, n),
                },
                day=date(2026, 5, 1),
            )
            reference = wave.reference
        body = client_for(vic).get(f"/t/acme/surveys/{reference}/{path}").content.decode()
        assert "13.37" not in body
        bodies.add(bare(body, reference))
        with tenant_context(acme.id):
            services.withdraw_wave(wave, at=MOMENT, acting=None)
    assert len(bodies) == 1


def test_pages_are_the_same_bytes_whatever_the_hidden_means_are(acme, vic, client_for):
    bodies = set()
    for mean in (5.0, 93.0):
        with tenant_context(acme.id):
            if mean == 5.0:
                units, programme = tree(B=4), ProgrammeFactory(code="FHR", name="Finance")
            wave = record({"OPS": (units["OPS"], 60, 40), "B": (units["B"], mean, 4)})
            readings = selectors.engagement_as_of([units["B"].pk], programme, DAY)
            estimates = selectors.estimates({programme.pk: [units["B"].pk]}, as_of=DAY)
            reference = wave.reference
        browser = client_for(vic)
        pages = [
            browser.get(f"/t/acme/{path}").content.decode()
            for path in (
                "surveys/",
                "surveys/?format=csv",
                f"surveys/{reference}/",
                f"surveys/{reference}/?format=csv",
                f"history/{reference}/",
                "find/?q=Pulse",
            )
        ]
        said = "".join([*pages, repr(readings), repr(estimates)])
        bodies.add(bare(said, reference))
        with tenant_context(acme.id):
            services.withdraw_wave(wave, at=MOMENT, acting=None)
    assert len(bodies) == 1


def test_a_hidden_unit_inherits_the_nearest_figure_above(in_acme):
    units = tree(A=20, B=4)
    programme = ProgrammeFactory()
    record({"OPS": (units["OPS"], 58, 40), "A": (units["A"], 66, 20), "B": (units["B"], 9, 4)})
    found = selectors.engagement_as_of([units["A"].pk, units["B"].pk], programme, DAY)
    own, inherited = found[units["A"].pk], found[units["B"].pk]
    assert (own.value, own.n, own.inherited_from) == (66, 20, None)
    assert (inherited.value, inherited.inherited_from.code) == (58, "OPS")
    assert inherited.is_hidden


def test_what_was_never_asked_is_unknown(in_acme):
    units = tree(A=20)
    found = selectors.engagement_as_of([units["A"].pk], ProgrammeFactory(), DAY)
    assert found[units["A"].pk].value is None


def test_published_figures_are_exempt_and_say_so(acme, vic, client_for):
    with tenant_context(acme.id):
        units = tree(A=None, B=None)
        done = services.publish_wave(
            name="People Survey",
            measure=Measure.ENGAGEMENT,
            closed_on=DAY,
            values={units["A"]: 61.0, units["B"]: 47.0},
            known_at=MOMENT,
            acting=None,
        )
        assert shown(done.wave) == {"A", "B"}
        reading = selectors.engagement_as_of([units["OPS"].pk], None, DAY)[units["OPS"].pk]
        # No weights, so no mean for the unit above: only the spread of what was published.
        assert reading.value is None
        assert (reading.below.low, reading.below.high, reading.below.count) == (47, 61, 2)
        reference = done.wave.reference
    body = client_for(vic).get(f"/t/acme/surveys/{reference}/").content.decode()
    assert "published" in body


def test_the_same_wave_is_not_released_twice(in_acme):
    units = tree()
    wave = record({"OPS": (units["OPS"], 60, 40)})
    with pytest.raises(ValidationError, match=wave.reference):
        record({"OPS": (units["OPS"], 60, 41)})
    services.withdraw_wave(wave, at=MOMENT, acting=None)
    assert record({"OPS": (units["OPS"], 60, 41)}).pk != wave.pk


def test_nor_are_the_same_people_across_programmes(acme, coe, cam, client_for):
    """What few people of B said could be worked out from A of one wave and both of another."""
    with tenant_context(acme.id):
        units, programme = tree(A=20, B=4), ProgrammeFactory(change_lead=coe.person)
        a, b, ops = ((units[code], 60, n) for code, n in (("A", 20), ("B", 4), ("OPS", 24)))
        common = record({"A": a, "B": b})
        for cells in ({"B": b}, {"OPS": ops}):
            with pytest.raises(ValidationError, match=f"{common.reference} holds this measure"):
                record(cells, programme=programme)
        # Other people, another day and another measure are told apart.
        other = UnitFactory(code="HR", name="Human resources")
        record({"HR": (other, 60, 12)}, programme=ProgrammeFactory())
        record({"B": b}, programme=ProgrammeFactory(), day=date(2026, 6, 2))
        record({"B": b}, programme=ProgrammeFactory(), measure=Measure.LEADERSHIP)
        services.withdraw_wave(common, at=MOMENT, acting=None)
        hidden = record({"OPS": ops}, programme=ProgrammeFactory())
        with pytest.raises(ValidationError, match="Another wave holds") as refusal:
            services.record_wave(
                name="Pulse",
                measure=Measure.ENGAGEMENT,
                closed_on=DAY,
                entries=[services.Entry(*b)],
                known_at=MOMENT,
                programme=programme,
                acting=coe,
            )
        assert hidden.reference not in str(refusal.value)
    back = f"/t/acme/history/{common.reference}/restore/"
    page = client_for(cam).post(back, follow=True).content.decode()
    assert f"{hidden.reference} holds this measure of this day for Operations already" in page
    with tenant_context(acme.id):
        services.withdraw_wave(hidden, at=MOMENT, acting=None)
        services.restore_wave(common, acting=None)
        assert common.deleted_at is None
