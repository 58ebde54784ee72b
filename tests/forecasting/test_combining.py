"""One prior out of what organisations give: who is in it, when it is made, and what it must not tell."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from forecasting.choices import Happening
from forecasting.learning import features, prior, sharing
from forecasting.models import ModelEvent, SharedPrior, SharedWord
from forecasting.sharing import combining, prior as shared_prior
from forecasting.sharing.combining import Step
from forecasting.sharing.prior import fingerprint
from forecasting.tasks import combine_shared
from pmo_portal.tenants.choices import TenantStatus
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import Tenant
from tests.factories.forecasting import SharedPriorFactory, SharedWordFactory, SharingChoiceFactory

from .donors import GIVEN_ON, JULY, OCTOBER, TARGET, donors, give, stop

pytestmark = pytest.mark.django_db

SPI = features.CRISIS.terms.index("spi_s")


def combine(on: date = JULY) -> SharedPrior | None:
    return combining.combine(TARGET, on=on)


# --- nobody reads another ------------------------------------------------------------------------------------


def test_what_one_gives_no_other_reads_by_sql(acme, borealis) -> None:
    give(acme, spi_s=-0.77)
    give(borealis, spi_s=-0.11)

    def seen() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT given FROM forecasting_sharedword")
            return [text for (text,) in cursor.fetchall()]

    assert seen() == []
    with tenant_context(borealis.id):
        [text] = seen()
        assert "-0.11" in text
        assert "-0.77" not in text


def test_the_role_of_the_web_has_no_way_around(acme, borealis) -> None:
    give(acme)
    for statement in (
        "SET row_security = off; SELECT given FROM forecasting_sharedword",
        "ALTER TABLE forecasting_sharedword DISABLE ROW LEVEL SECURITY",
        "SET ROLE pmo_backup; SELECT given FROM forecasting_sharedword",
    ):
        with (
            tenant_context(borealis.id),
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_shared_prior_is_never_rewritten_by_those_who_serve_people(db) -> None:
    made = SharedPriorFactory()
    for write in (lambda: SharedPrior.objects.update(numbers={}), made.delete):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            write()


def test_a_shared_prior_names_nobody_and_holds_nobodys_numbers(db) -> None:
    values = (-0.11, -0.23, -0.47, -0.61, -0.83)
    given = [donors(1, first=at, spi_s=value)[0] for at, value in enumerate(values)]
    made = combine()
    assert made is not None
    told = json.dumps({field.name: str(getattr(made, field.name)) for field in made._meta.fields})
    told += json.dumps(made.numbers)
    for tenant in given:
        assert str(tenant.pk) not in told
        assert tenant.slug not in told
        assert tenant.name not in told
    spread = [member[SPI + 1] for member in made.numbers["members"]]
    assert not {round(value, 6) for value in spread} & set(values)
    assert made.numbers["weights"][SPI] not in values
    assert set(made.numbers["about"]) == {
        "assumed", "organisations", "starts_from", "pool_spread", "version", "made_on",
    }  # fmt: skip


# --- who is in it --------------------------------------------------------------------------------------------


def test_five_organisations_make_a_prior_and_four_make_none(db) -> None:
    donors(4, spi_s=-0.6)
    assert combine() is None
    assert not SharedPrior.objects.exists()
    donors(1, first=4, spi_s=-0.6)
    made = combine()
    assert (made.number, made.organisations, made.made_on) == (1, 5, JULY)
    assert made.numbers["weights"][SPI] < prior.load(TARGET).weights[SPI]
    assert made.digest == shared_prior.newest(TARGET).digest


def test_only_who_decided_to_give_is_in_it(acme, db) -> None:
    """A text that stands there without a choice, or a choice without a text, is nobody's gift."""
    donors(4)
    with tenant_context(acme.id):
        SharedWordFactory(given=sharing.as_text({}), given_on=GIVEN_ON)
        SharingChoiceFactory(gives=False)
    assert combine() is None
    with tenant_context(acme.id):
        SharedWord.objects.update(given=SharedWord.objects.get().ready)
    assert combine() is None


@pytest.mark.parametrize("status", [TenantStatus.SUSPENDED, TenantStatus.CLOSED])
def test_an_organisation_that_does_not_run_is_not_in_it(db, status) -> None:
    given = donors(5)
    Tenant.objects.filter(pk=given[0].pk).update(status=status)
    assert combine() is None


def test_a_text_that_is_no_word_does_not_count(db) -> None:
    given = donors(5)
    with tenant_context(given[0].id):
        SharedWord.objects.update(given='{"format": 1}')
    assert combine() is None


def test_what_was_read_is_what_was_given_byte_for_byte(db) -> None:
    given = donors(5)
    text = give(given[2], spi_s=-0.5)
    combine()
    with tenant_context(given[2].id):
        [event] = ModelEvent.objects.filter(kind=Happening.COMBINED)
        assert event.details["sha256"] == fingerprint(text)
        assert SharedWord.objects.get().given == text
        assert SharedWord.objects.get().combined_in == 1


def test_one_that_says_odd_things_moves_nothing_far(db) -> None:
    donors(5)
    usual = combine()
    donors(3, first=5)
    donors(1, first=8, spi_s=-500.0)
    made = combine(OCTOBER)
    spread = prior.load(TARGET).spread[SPI + 1]
    moved = abs(made.numbers["weights"][SPI] - usual.numbers["weights"][SPI])
    assert 0 < moved <= sharing.MOST_MOVED * spread + 0.01


# --- when it is made, and when it ends -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "stays", "renewed", "joined", "expected"),
    [
        (0, 0, 0, 4, Step.KEEP),
        (0, 0, 0, 5, Step.MAKE),
        (5, 5, 0, 0, Step.KEEP),
        (5, 5, 2, 0, Step.KEEP),
        (5, 5, 3, 0, Step.MAKE),
        # One or two more, or less, would be told from the difference.
        (5, 5, 5, 1, Step.KEEP),
        (5, 5, 5, 2, Step.KEEP),
        (5, 5, 0, 3, Step.MAKE),
        (6, 5, 5, 0, Step.END),
        (7, 5, 0, 0, Step.END),
        (6, 5, 0, 1, Step.END),
        (8, 5, 0, 0, Step.MAKE),
        (6, 4, 0, 1, Step.MAKE),
        (5, 4, 4, 0, Step.END),
        (5, 0, 0, 0, Step.END),
    ],
)
def test_two_priors_never_differ_by_one_or_two(before, stays, renewed, joined, expected) -> None:
    assert combining.step(before, stays, renewed, joined) is expected


def test_who_takes_back_is_not_in_the_next_and_until_then_none_holds(db) -> None:
    given = donors(6, spi_s=-0.6)
    give(given[0], spi_s=0.0)
    with_first = combine()
    stop(given[0])
    ended = combine(OCTOBER)
    assert (ended.organisations, ended.numbers) == (0, {})
    assert shared_prior.offered(TARGET) is None
    # Nothing is said about the same thing twice.
    assert combine(OCTOBER + timedelta(days=1)) is None
    donors(2, first=6, spi_s=-0.6)
    made = combine(date(2027, 1, 1))
    assert (made.number, made.organisations) == (3, 7)
    assert made.numbers["weights"][SPI] < with_first.numbers["weights"][SPI]


def test_an_organisation_that_is_removed_leaves_nothing(db) -> None:
    """Its rows go with it, and what is made next is made as if it had never been."""
    given = donors(6, spi_s=-0.6)
    give(given[0], spi_s=0.0)
    combine()
    with tenant_context(given[0].id):
        SharedWord.objects.all().delete()
        ModelEvent.objects.all().delete()
    Tenant.objects.filter(pk=given[0].pk).update(status=TenantStatus.CLOSED)
    donors(2, first=6, spi_s=-0.6)
    made = combine(OCTOBER)
    never = sharing.together(
        [json.loads(sharing.as_text(_word_of(tenant))) for tenant in Tenant.objects.filter(status="active")],
        prior.load(TARGET),
        about={"version": "S2", "made_on": OCTOBER.isoformat()},
    )  # fmt: skip
    assert made.digest == never.digest


def _word_of(tenant: Tenant) -> dict[str, Any]:
    with tenant_context(tenant.id):
        return json.loads(SharedWord.objects.get().given)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 7, 1), True),
        (date(2026, 7, 7), True),
        (date(2026, 7, 8), False),
        (date(2026, 8, 1), False),
        (date(2027, 1, 2), True),
    ],
)
def test_priors_are_made_in_the_first_days_of_a_quarter(db, day, expected) -> None:
    assert combining.is_time(TARGET, day) is expected


def test_the_task_makes_one_in_a_quarter_however_often_it_runs(db) -> None:
    given = donors(5)
    with time_machine.travel(JULY.isoformat(), tick=False):
        assert combine_shared() == 1
        give(given[0], on=JULY, spi_s=-1.0)
        assert combine_shared() == 0
    with time_machine.travel("2026-08-03", tick=False):
        assert combine_shared() == 0
    assert SharedPrior.objects.count() == 1


# --- what a donor may start from -----------------------------------------------------------------------------


def test_a_donor_is_offered_what_the_others_made_and_never_its_own(acme, db) -> None:
    given = donors(6, spi_s=-0.6)
    give(given[0], spi_s=0.0)
    made = combine()
    with tenant_context(acme.id):
        offered = shared_prior.offered(TARGET)
        assert (offered.digest, offered.organisations) == (made.digest, 6)
    with tenant_context(given[0].id):
        offered = shared_prior.offered(TARGET)
        assert offered.organisations == 5
        assert offered.numbers["weights"][SPI] < made.numbers["weights"][SPI]
        # Whatever it had given, the same would be offered.
        before = offered.digest
    renewed_on = date(2026, 9, 2)
    give(given[0], on=renewed_on, spi_s=-1.0)
    for each in given[1:]:
        give(each, on=renewed_on, spi_s=-0.6)
    combine(OCTOBER)
    with tenant_context(given[0].id):
        again = shared_prior.offered(TARGET)
        assert again.digest != before
        assert again.numbers["weights"] == offered.numbers["weights"]


def test_five_make_a_prior_for_others_but_not_for_themselves(acme, db) -> None:
    given = donors(5)
    combine()
    with tenant_context(given[0].id):
        assert shared_prior.offered(TARGET) is None
    with tenant_context(acme.id):
        assert shared_prior.offered(TARGET) is not None


def test_who_took_back_what_is_still_in_a_mean_does_not_start_from_it(db) -> None:
    given = donors(6)
    combine()
    stop(given[0])
    with tenant_context(given[0].id):
        assert shared_prior.offered(TARGET) is None


def test_a_prior_of_other_inputs_is_offered_to_nobody(in_acme) -> None:
    made = SharedPriorFactory.build()
    SharedPriorFactory(numbers={**made.numbers, "feature_set": "1999.1"})
    assert shared_prior.offered(TARGET) is None
