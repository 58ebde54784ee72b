"""What a model says of the prior it came from, however often it was moved, and what pages and files tell of that."""

from __future__ import annotations

import html
import json
from datetime import date, timedelta
from typing import Any

import pytest

from forecasting import lessons
from forecasting.choices import ModelStatus, Origin, Stage, Target
from forecasting.in_force import holding, registry
from forecasting.learning import prior
from forecasting.learning.linear import LinearModel
from forecasting.models import RiskModel, SharingChoice
from forecasting.selectors import card_of
from forecasting.sharing import prior as shared_prior
from pmo_portal.tenants.context import tenant_context
from tests.factories.forecasting import LessonFactory, SharedPriorFactory

from . import test_held_remedies as remedies
from .donors import OCTOBER, donors, give
from .test_combining import combine
from .test_watching import TODAY, look, many_crises

pytestmark = pytest.mark.django_db

TARGET = Target.CRISIS_4W
CARD = "/t/acme/forecasts/models/crisis/"
SHARED = "Shared prior S1 of 6 organisations, measured there"
SHIPPED = "Shipped prior 2026.1, assumed"


def take(start: shared_prior.Start) -> None:
    """Let the last lesson have found a shared prior to be better here."""
    SharingChoice.objects.create(target=TARGET, number=1, takes=True)
    said = {"number": start.number, "digest": start.digest, "used": True}
    LessonFactory(verdict={"shared": {**said, "gain": [0.01, 0.001, 0.02]}})


@pytest.fixture
def shared(in_acme) -> str:
    """The digest of a shared prior that is in use."""
    SharedPriorFactory()
    start = shared_prior.offered(TARGET)
    take(start)
    assert registry.in_force(TARGET).stage is Stage.SHARED
    return start.digest


def champion() -> RiskModel:
    return RiskModel.objects.get(target=TARGET, status=ModelStatus.CHAMPION)


def kept(model: LinearModel) -> RiskModel:
    return registry.enthrone(
        model, TARGET, stage=Stage.RECALIBRATED, origin=Origin.SHIFTED, on=TODAY
    )


def named(model: RiskModel) -> tuple[str, str]:
    about = model.numbers["about"]
    return about["starts_from"], about["prior"]


def test_a_prior_corrected_after_an_alarm_names_itself_and_stays_named(shared) -> None:
    many_crises()
    look()
    assert named(champion()) == (shared, "S1")
    first = champion().digest
    # Moved once more, it still comes from the same prior, and not from the model before it.
    again = remedied(registry.in_force(TARGET).model)
    assert named(again) == (shared, "S1")
    assert again.digest != first
    assert card_of(TARGET).started == SHARED


def remedied(start: LinearModel) -> RiskModel:
    """What a lesson without a model of its own does while a corrected level holds: the prior goes on, on that level."""
    learned, rows = remedies.taught(better=True)
    ruling = remedies.ruled(
        holding.Lessons(None, rows, learned.told), remedies.SHIFTED, levelled=True, start=start
    )
    assert ruling.is_prior
    return kept(ruling.model)


def test_a_prior_on_the_level_that_holds_names_itself(shared) -> None:
    assert named(remedied(registry.in_force(TARGET).model)) == (shared, "S1")
    assert card_of(TARGET).started == SHARED
    shipped = prior.load(TARGET)
    assert named(remedied(shipped)) == (shipped.digest, "2026.1")
    assert card_of(TARGET).started == SHIPPED


def test_a_learned_model_that_is_corrected_names_what_it_was_learned_from(shared) -> None:
    used = registry.in_force(TARGET).model
    about = lessons.drafting._about(used, TODAY, 100)
    registry.enthrone(
        LinearModel(**{**vars(used), "about": about}),
        TARGET,
        stage=Stage.OWN,
        origin=Origin.LEARNED,
        on=TODAY - timedelta(weeks=30),
    )
    assert named(champion()) == (shared, "S1")
    many_crises()
    look()
    assert champion().origin == Origin.SHIFTED
    assert named(champion()) == (shared, "S1")
    assert card_of(TARGET).started == SHARED


def test_a_giver_is_told_what_the_others_made_also_after_the_next_quarter(db) -> None:
    given = donors(6, spi_s=-0.6)
    combine()
    with tenant_context(given[0].id):
        SharingChoice.objects.update(takes=True)
        start = shared_prior.offered(TARGET)
        said = {"number": 1, "digest": start.digest, "used": True, "gain": [0.01, 0.001, 0.02]}
        LessonFactory(verdict={"shared": said})
        many_crises()
        look()
        assert card_of(TARGET).began == start
    for each in given:
        give(each, on=date(2026, 9, 2), spi_s=-0.5)
    assert combine(OCTOBER).number == 2
    with tenant_context(given[0].id):
        began = card_of(TARGET).began
        assert (began.number, began.organisations, began.digest) == (1, 5, start.digest)
        assert card_of(TARGET).started == "Shared prior S1 of 5 organisations, measured there"


# --- on pages and in files -----------------------------------------------------------------------------------


def read(browser: Any, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200
    return " ".join(html.unescape(answer.content.decode()).split())


@pytest.mark.parametrize("is_shared", [True, False])
def test_pages_and_files_say_what_a_moved_model_starts_from(
    acme, vic, client_for, is_shared
) -> None:
    with tenant_context(acme.id):
        if is_shared:
            SharedPriorFactory()
            take(shared_prior.offered(TARGET))
        many_crises()
        look()
        digest = named(champion())[0]
    browser = client_for(vic)
    wanted, other = (SHARED, SHIPPED) if is_shared else (SHIPPED, SHARED)
    elsewhere = {True: "Measured elsewhere", False: "Assumed"}
    assert wanted in read(browser, "/t/acme/forecasts/models/")
    for url in (CARD, f"{CARD}1/"):
        page = read(browser, url)
        assert wanted in page, url
        assert other not in page, url
        assert elsewhere[is_shared] in page, url
    values = {
        "name": wanted.rsplit(",", 1)[0],
        "sha256": digest,
        "organisations": 6 if is_shared else 0,
    }
    for url in (f"{CARD}export/", f"{CARD}1/export/"):
        assert json.loads(browser.get(url).content)["starts_from"] == values, url
