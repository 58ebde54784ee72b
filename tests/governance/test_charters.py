"""Writing, signing and renewing a charter."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import selectors, services
from governance.models import Charter, CharterAssumption, CharterSignature, SuccessMeasure
from pmo_portal.accounts.permissions import NotAllowed, can
from pmo_portal.history import services as history
from pmo_portal.tenants.context import tenant_context
from programmes.models import Programme
from tests.factories.governance import CharterFactory
from tests.factories.programmes import ProgrammeFactory
from tests.factories.tenants import PersonFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 10)
AT = datetime(2026, 6, 10, 9, tzinfo=UTC)


@pytest.fixture
def programme(acme, dana, cam):
    """Dana and Cam are its named leads."""
    with tenant_context(acme.id):
        yield ProgrammeFactory(code="FHR", delivery_lead=dana.person, change_lead=cam.person)


def measure(charter, half, **more):
    values = {
        "name": f"Measure of {half}", "unit": "%", "baseline_value": 60, "target_value": 90,
        "due_on": date(2026, 12, 1),
    } | more  # fmt: skip
    return SuccessMeasure(charter=charter, half=half, **values)


def written(programme, dana, cam):
    charter = services.start_charter(
        programme, values={"purpose": "Pay", "objectives": "On time"}, acting=dana
    )
    services.add_line(measure(charter, "delivery"), at=AT, acting=dana)
    services.add_line(measure(charter, "adoption"), at=AT, acting=cam)
    services.add_line(
        CharterAssumption(charter=charter, half="adoption", text="An hour a week", value=1),
        at=AT,
        acting=cam,
    )
    return now(charter)


def now(charter):
    return Charter.objects.select_related("programme__delivery_lead").get(pk=charter.pk)


def offered(programme, dana, cam):
    return services.offer_charter(written(programme, dana, cam), acting=cam)


def sign(charter, function, member, **more):
    return services.sign_charter(
        now(charter), function=function, at=AT, on=DAY, acting=member, **more
    )


def agreed(programme, dana, cam):
    charter = offered(programme, dana, cam)
    sign(charter, "delivery", dana)
    return sign(charter, "change", cam)


def test_each_function_writes_its_own_lines_only(programme, dana, cam, dee, vic, sam):
    charter = services.start_charter(programme, acting=cam)
    for member, half in (
        (dana, "adoption"),
        (cam, "delivery"),
        (vic, "delivery"),
        (sam, "adoption"),
    ):
        with pytest.raises(NotAllowed):
            services.add_line(measure(charter, half), at=AT, acting=member)
    row = services.add_line(measure(charter, "delivery"), at=AT, acting=dana)
    with pytest.raises(NotAllowed):
        services.revise_line(row, changes={"target_value": 1}, at=AT, acting=cam)
    with pytest.raises(NotAllowed):
        services.revise_line(row, changes={"half": "adoption"}, at=AT, acting=dana)
    with pytest.raises(NotAllowed):
        services.remove_line(row, at=AT, acting=cam)
    # A contributor who does not work on the programme writes nothing.
    assert not can(dee, "governance.charter_write", programme)


def test_without_a_measure_of_both_sides_nothing_is_offered(programme, dana, cam):
    charter = services.start_charter(
        programme, values={"purpose": "Pay", "objectives": "On time"}, acting=dana
    )
    services.add_line(measure(charter, "delivery"), at=AT, acting=dana)
    with pytest.raises(ValidationError, match="success measure of adoption"):
        services.offer_charter(now(charter), acting=dana)
    services.add_line(measure(charter, "adoption"), at=AT, acting=cam)
    assert services.offer_charter(now(charter), acting=dana).status == "ready"


def test_both_leads_sign_and_only_then_it_is_agreed(programme, dana, cam):
    charter = offered(programme, dana, cam)
    assert sign(charter, "delivery", dana).status == "ready"
    done = sign(charter, "change", cam)
    assert (done.status, done.agreed_on) == ("agreed", DAY)
    first = done.signatures.get(function="delivery")
    assert (first.person, first.role_then) == (dana.person, "Delivery lead")
    assert first.digest == selectors.digest_of(done)


def test_nobody_signs_for_the_other_side(programme, dana, cam, ada, sam, vic):
    charter = offered(programme, dana, cam)
    for function, member in (
        ("change", dana), ("delivery", cam), ("delivery", ada), ("change", sam), ("delivery", vic),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            sign(charter, function, member)
    assert not CharterSignature.objects.exists()


def test_who_is_named_against_their_role_signs_for_neither_side(
    programme, dana, cam, dee, coe, vic
):
    charter = offered(programme, dana, cam)
    Programme.objects.filter(pk=programme.pk).update(
        delivery_lead=coe.person, change_lead=dee.person
    )
    for function, member in (
        ("change", dee),
        ("delivery", coe),
        ("delivery", dee),
        ("change", coe),
    ):
        with pytest.raises(NotAllowed):
            sign(now(charter), function, member)
    with pytest.raises(NotAllowed, match="your role belongs to the other side"):
        sign(now(charter), "change", dee)
    assert not CharterSignature.objects.exists()
    # Who is of neither function speaks for a side by being named.
    Programme.objects.filter(pk=programme.pk).update(change_lead=vic.person)
    sign(now(charter), "change", vic)
    assert CharterSignature.objects.get().function == "change"


def test_a_side_without_a_named_lead_cannot_sign(programme, dana, cam):
    charter = offered(programme, dana, cam)
    Programme.objects.filter(pk=programme.pk).update(change_lead=None)
    with pytest.raises(NotAllowed, match="No lead is named"):
        sign(charter, "change", cam)
    with pytest.raises(ValidationError, match="Name the change lead"):
        sign(charter, "delivery", dana)


def test_the_head_of_a_function_may_stand_in_and_that_stays_visible(programme, dana, cam):
    charter = offered(programme, dana, cam)
    lead = PersonFactory(name="Amelia Cross")
    Programme.objects.filter(pk=programme.pk).update(delivery_lead=lead)
    sign(charter, "delivery", dana)
    assert CharterSignature.objects.get().role_then == "For Amelia Cross, delivery lead"


def test_signing_twice_or_a_draft_is_refused(programme, dana, cam):
    draft = written(programme, dana, cam)
    with pytest.raises(ValidationError, match="not ready"):
        sign(draft, "delivery", dana)
    services.offer_charter(draft, acting=dana)
    sign(draft, "delivery", dana)
    with pytest.raises(ValidationError, match="signed already"):
        sign(draft, "delivery", dana)


def test_words_changed_since_they_were_read_are_not_signed(programme, dana, cam):
    charter = offered(programme, dana, cam)
    read = charter.version
    services.revise_charter(charter, changes={"purpose": "Other"}, at=AT, acting=cam)
    services.offer_charter(now(charter), acting=cam)
    with pytest.raises(history.EditConflict):
        sign(charter, "delivery", dana, version=read)
    assert not CharterSignature.objects.exists()


@pytest.mark.parametrize("what", ["text", "line", "new line", "removed line"])
def test_any_change_takes_signatures_off_visibly(programme, dana, cam, what):
    charter = offered(programme, dana, cam)
    sign(charter, "delivery", dana)
    row = SuccessMeasure.objects.get(charter=charter, half="adoption")
    if what == "text":
        services.revise_charter(now(charter), changes={"purpose": "Other"}, at=AT, acting=cam)
    elif what == "line":
        services.revise_line(row, changes={"target_value": 80}, at=AT, acting=cam)
    elif what == "new line":
        services.add_line(measure(charter, "adoption"), at=AT, acting=cam)
    else:
        services.remove_line(row, at=AT, acting=cam)
    signature = CharterSignature.objects.get()
    assert signature.withdrawn_at == AT
    assert signature.withdrawn_because == "The text was changed"
    assert now(charter).status == "draft"
    assert now(charter).signed == {}


def test_a_save_that_changes_nothing_keeps_signatures(programme, dana, cam):
    charter = offered(programme, dana, cam)
    sign(charter, "delivery", dana)
    services.revise_charter(now(charter), changes={"purpose": "Pay"}, at=AT, acting=cam)
    assert set(now(charter).signed) == {"delivery"}


def test_what_is_agreed_never_changes(programme, dana, cam):
    charter = agreed(programme, dana, cam)
    row = SuccessMeasure.objects.get(charter=charter, half="adoption")
    writes = (
        lambda: services.revise_charter(charter, changes={"purpose": "x"}, at=AT, acting=dana),
        lambda: services.revise_line(row, changes={"target_value": 1}, at=AT, acting=cam),
        lambda: services.add_line(measure(charter, "adoption"), at=AT, acting=cam),
        lambda: services.remove_line(row, at=AT, acting=cam),
        lambda: services.remove_charter(charter, at=AT, acting=dana),
        lambda: services.withdraw_signature(charter, function="change", at=AT, acting=cam),
    )
    for write in writes:
        with pytest.raises(ValidationError, match="not changed"):
            write()
    assert set(now(charter).signed) == {"delivery", "change"}


@pytest.mark.parametrize("write", ["add", "revise", "remove", "withdraw", "remove charter"])
def test_a_write_holds_the_charter_before_it_reads_the_status(programme, dana, cam, write):
    charter = offered(programme, dana, cam)
    rows = SuccessMeasure.objects.select_related("charter__programme")
    row = rows.get(charter=charter, half="adoption")
    writes = {
        "add": lambda: services.add_line(measure(charter, "adoption"), at=AT, acting=cam),
        "revise": lambda: services.revise_line(row, changes={"target_value": 1}, at=AT, acting=cam),
        "remove": lambda: services.remove_line(row, at=AT, acting=cam),
        "withdraw": lambda: services.withdraw_signature(
            charter, function="change", at=AT, acting=cam
        ),
        "remove charter": lambda: services.remove_charter(charter, at=AT, acting=dana),
    }
    with CaptureQueriesContext(connection) as asked:
        writes[write]()
    of_charter = [
        each["sql"]
        for each in asked
        if each["sql"].startswith("SELECT") and 'FROM "governance_charter"' in each["sql"]
    ]
    assert "FOR UPDATE" in of_charter[0]


def test_a_version_removed_meanwhile_is_gone(programme, dana, cam):
    charter = written(programme, dana, cam)
    services.remove_charter(now(charter), at=AT, acting=dana)
    with pytest.raises(history.Gone):
        services.remove_charter(charter, at=AT, acting=cam)
    with pytest.raises(history.Gone):
        services.add_line(measure(charter, "adoption"), at=AT, acting=cam)


@pytest.mark.parametrize("button", ["", "measures/{line}/"])
def test_a_button_of_a_version_removed_meanwhile_says_that_it_is_gone(
    programme, dana, cam, client_for, monkeypatch, button
):
    charter = written(programme, dana, cam)
    row = SuccessMeasure.objects.get(charter=charter, half="delivery")
    read_before = selectors.charters_of(programme)
    services.remove_charter(now(charter), at=AT, acting=cam)
    monkeypatch.setattr(selectors, "charters_of", lambda _programme: read_before)
    url = f"{charter.get_absolute_url()}{button.format(line=row.line)}remove/"
    assert client_for(dana).post(url).status_code == 410


def test_a_new_version_starts_from_what_is_agreed_and_takes_its_place(programme, dana, cam):
    first = agreed(programme, dana, cam)
    second = services.start_charter(programme, acting=cam)
    assert (second.edition, second.status, second.purpose) == (2, "draft", "Pay")
    assert [row.line for row in selectors.measures_of(second)] == [
        row.line for row in selectors.measures_of(first)
    ]
    with pytest.raises(ValidationError, match="being written already"):
        services.start_charter(programme, acting=dana)
    row = SuccessMeasure.objects.get(charter=second, half="adoption")
    services.revise_line(row, changes={"target_value": 80}, at=AT, acting=cam)
    assert [each.label for each in selectors.changes_between(now(first), now(second))] == [
        "Success measure"
    ]
    services.offer_charter(now(second), acting=dana)
    sign(second, "delivery", dana)
    assert now(first).status == "agreed"
    sign(second, "change", cam)
    assert (now(first).status, now(second).status) == ("superseded", "agreed")


def test_a_line_taken_out_comes_back(programme, dana, cam):
    charter = written(programme, dana, cam)
    row = SuccessMeasure.objects.get(charter=charter, half="adoption")
    services.remove_line(row, at=AT, acting=cam)
    assert len(selectors.measures_of(charter)) == 1
    services.restore_line(row, at=AT, acting=cam)
    assert len(selectors.measures_of(charter)) == 2


def test_two_people_editing_the_words(programme, dana, cam):
    charter = written(programme, dana, cam)
    services.revise_charter(
        charter, changes={"purpose": "Dana's"}, version=charter.version, at=AT, acting=dana
    )
    with pytest.raises(history.EditConflict):
        services.revise_charter(
            charter, changes={"purpose": "Cam's"}, version=charter.version, at=AT, acting=cam
        )
    assert now(charter).purpose == "Dana's"


def test_standing_says_whose_signature_is_missing(programme, dana, cam):
    charter = offered(programme, dana, cam)
    sign(charter, "delivery", dana)
    standing = selectors.charter_standing([programme.pk])[programme.pk]
    assert (standing.agreed, standing.waits_for) == (None, ("change",))


@pytest.mark.parametrize("count", [1, 8])
def test_standing_takes_two_statements(acme, count, django_assert_num_queries):
    with tenant_context(acme.id):
        ids = [CharterFactory(status="ready").programme_id for _each in range(count)]
        with django_assert_num_queries(2):
            selectors.charter_standing(ids)
