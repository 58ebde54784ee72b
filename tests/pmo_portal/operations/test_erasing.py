"""Asking for an erasure, waiting, calling it off: rules, pages and the prompt."""

import io
import threading
import time
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from time_machine import travel

from pmo_portal.accounts.models import Membership
from pmo_portal.operations import eraser, erasing, kinds, selectors, tasks
from pmo_portal.operations.choices import ErasureState
from pmo_portal.operations.models import Erasure
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import BusinessUnit, Tenant
from tests.database import login
from tests.factories.accounts import MembershipFactory
from tests.factories.tenants import UnitFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
NOW = timezone.now()


def close(tenant: Tenant, *, days_ago: float = 40) -> Tenant:
    tenant.status = "closed"
    tenant.status_since = NOW - timedelta(days=days_ago)
    tenant.save()
    return tenant


def ask(tenant: Tenant, acting, *, at=NOW, **changes) -> Erasure:
    given = {"typed": tenant.slug, "version": tenant.version, "at": at, "acting": acting}
    return erasing.ask(tenant, **{**given, **changes})


# --- asking and calling off ---


@pytest.mark.parametrize(("days_ago", "wait"), [(0, 30), (10, 20), (29.5, 1), (40, 1), (400, 1)])
def test_it_begins_thirty_days_after_closing_and_a_day_after_it_was_asked(
    acme, operator, days_ago, wait
):
    asked = ask(close(acme, days_ago=days_ago), operator)
    assert (asked.due_at - NOW) / DAY == pytest.approx(wait)
    assert (asked.state, asked.asked_by) == (ErasureState.WAITING, "ops@portal.example")


@pytest.mark.parametrize("status", ["active", "suspended"])
def test_only_what_is_closed_can_be_erased(acme, operator, status):
    acme.status = status
    acme.save()
    with pytest.raises(ValidationError, match="Only what is closed"):
        ask(acme, operator)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"typed": "Acme"}, "exactly"),
        ({"typed": ""}, "exactly"),
        ({"typed": "borealis"}, "exactly"),
        ({"version": 7}, "Look again"),
    ],
)
def test_what_is_typed_and_seen_must_be_right(acme, operator, change, sentence):
    with pytest.raises(ValidationError, match=sentence):
        ask(close(acme), operator, **change)
    assert not Erasure.objects.exists()


def test_only_operators_ask_and_call_off(acme, ada, operator):
    close(acme)
    with pytest.raises(PermissionDenied):
        ask(acme, ada.user)
    asked = ask(acme, operator)
    with pytest.raises(PermissionDenied):
        erasing.call_off(asked, at=NOW, acting=ada.user)
    operator.is_active = False
    with pytest.raises(PermissionDenied):
        erasing.call_off(asked, at=NOW, acting=operator)


def test_it_is_asked_for_once(acme, operator):
    ask(close(acme), operator)
    with pytest.raises(ValidationError, match="already"):
        ask(acme, operator)


def test_what_was_called_off_is_not_erased_and_can_be_asked_for_again(acme, operator):
    asked = ask(close(acme), operator)
    erasing.call_off(asked, at=NOW, acting=operator)
    asked.refresh_from_db()
    assert (asked.state, asked.organisation, asked.called_off_by) == ("called_off", None, operator.email)  # fmt: skip
    assert erasing.go_on(asked, at=NOW + 90 * DAY) == ErasureState.CALLED_OFF
    assert list(selectors.due_erasures(at=NOW + 90 * DAY)) == []
    with pytest.raises(ValidationError, match="too late"):
        erasing.call_off(asked, at=NOW, acting=operator)
    assert ask(acme, operator).number == asked.number + 1


@pytest.mark.parametrize("state", ["erasing", "erased"])
def test_what_has_begun_is_not_called_off(acme, operator, state):
    asked = ask(close(acme), operator)
    Erasure.objects.update(state=state)
    with pytest.raises(ValidationError, match="too late"):
        erasing.call_off(asked, at=NOW, acting=operator)


def test_before_it_is_due_nothing_is_touched(acme, operator, settings, monkeypatch):
    settings.DATABASE_ERASER_URL = "not asked"
    monkeypatch.setattr(eraser, "opened", _never)
    asked = ask(close(acme), operator)
    assert erasing.go_on(asked, at=asked.due_at - timedelta(seconds=1)) == ErasureState.WAITING
    assert list(selectors.due_erasures(at=asked.due_at - timedelta(seconds=1))) == []
    assert list(selectors.due_erasures(at=asked.due_at)) == [asked]


def _never(*args, **kwargs):
    raise AssertionError("The database was asked.")


def test_called_off_in_the_moment_it_begins_it_does_not(acme, operator):
    asked = ask(close(acme), operator)
    erasing.call_off(asked, at=NOW, acting=operator)
    assert not erasing._begin(asked, at=NOW + 2 * DAY)
    assert Tenant.objects.filter(pk=acme.pk).exists()


def test_without_a_login_it_waits_and_says_so(acme, operator, settings, client_for):
    settings.DATABASE_ERASER_URL = ""
    asked = ask(close(acme), operator)
    assert erasing.go_on(asked, at=NOW + 2 * DAY) == ErasureState.WAITING
    page = client_for(operator).get("/operations/erasures/E-1/").content.decode()
    assert "DATABASE_ERASER_URL" in page


def test_a_database_that_does_not_answer_is_told_without_its_words(acme, operator, settings, caplog):  # fmt: skip
    settings.DATABASE_ERASER_URL = "postgres://pmo_eraser:hunter2@127.0.0.1:1/portal"
    asked = ask(close(acme), operator)
    assert erasing.go_on(asked, at=NOW + 2 * DAY) == ErasureState.WAITING
    asked.refresh_from_db()
    assert "OperationalError" in asked.fault
    assert "hunter2" not in asked.fault


# --- what is counted ---


def test_counts_are_those_of_the_organisation_alone(acme, borealis):
    for tenant, count in ((acme, 3), (borealis, 5)):
        with tenant_context(tenant.id):
            UnitFactory.create_batch(count)
    counts = kinds.count_rows(acme)
    assert counts[BusinessUnit._meta.db_table] == 3
    assert counts["tenants_businessunitevent"] == 3
    assert "programmes_programme" not in counts
    told = {(kind.area, kind.name): kind.rows for kind in kinds.in_words(counts)}
    assert told["Tenants", "Business unit"] == 3
    history = [kind for kind in kinds.in_words(counts) if kind.area == "History"]
    assert [kind.rows for kind in history] == [sum(rows for table, rows in counts.items() if table.endswith("event") and table != "forecasting_modelevent")]  # fmt: skip


def test_a_page_counts_so_far_and_the_job_to_the_end(acme, operator, client_for, monkeypatch):
    with tenant_context(acme.id):
        UnitFactory.create_batch(3)
    close(acme)
    monkeypatch.setattr(kinds, "COUNTED_TO", 2)
    seen = kinds.glance(acme)
    assert seen is not None
    assert seen.counts[BusinessUnit._meta.db_table] == 2
    assert BusinessUnit._meta.db_table in seen.further
    browser = client_for(operator)
    page = browser.get("/operations/tenants/acme/erase/").content.decode()
    assert "rows would go" in page
    assert ": more than" in page
    assert "counted when the erasure begins" in page
    assert '<td class="pp-num">more than 2</td>' in page
    file = browser.get("/operations/tenants/acme/erase/?format=csv").content.decode()
    assert "Tenants,Business unit,2,Yes" in file
    assert kinds.count_rows(acme)[BusinessUnit._meta.db_table] == 3


def test_a_page_that_cannot_count_in_time_still_asks(acme, ada, operator, client_for, monkeypatch):
    close(acme)
    monkeypatch.setattr(kinds, "COUNTED_FOR", "1ms")
    # Whatever the machine: a statement that takes longer.
    monkeypatch.setattr(kinds.selectors, "logins_of", _sleeping)
    browser = client_for(operator)
    answer = browser.get("/operations/tenants/acme/erase/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Erase Acme" in page
    assert "too many to count on a page" in page
    assert "Rows by kind" not in page
    # A file does not read as if nothing would go.
    assert "Not counted: it takes too long,0,Yes" in browser.get("/operations/tenants/acme/erase/?format=csv").content.decode()  # fmt: skip
    answer = browser.post("/operations/tenants/acme/erase/", {"version": 1, "typed": "acme"})
    assert answer.status_code == 303


def _sleeping(tenant: Tenant) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(10)")
    return {}


def test_another_failure_of_the_database_is_not_taken_for_many_rows(acme, monkeypatch):
    def gone(tenant: Tenant) -> dict[str, int]:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(kinds.selectors, "logins_of", gone)
    with pytest.raises(OperationalError):
        kinds.glance(acme)


@pytest.mark.django_db(transaction=True)
def test_the_job_counts_however_long_it_takes(acme, monkeypatch):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '50ms'")
        kinds.count_rows(acme)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")


def test_a_table_without_a_model_is_counted_by_its_name():
    assert kinds.in_words({"left_over": 2}) == [kinds.Kind("Other", "left_over", 2)]


def test_logins_that_belong_elsewhere_too_stay(acme, borealis, ada, dana, vic, operator):
    with tenant_context(borealis.id):
        MembershipFactory(tenant=borealis, user=dana.user)
        MembershipFactory(tenant=borealis, user=vic.user, is_active=False)
    with tenant_context(acme.id):
        MembershipFactory(tenant=acme, user=operator)
    assert selectors.logins_of(acme) == {"going": 1, "staying": 3}


# --- pages ---


def test_an_operator_sees_what_goes_asks_and_calls_off(acme, ada, operator, client_for):
    with tenant_context(acme.id):
        UnitFactory(code="SECRET", name="Secret unit")
    close(acme)
    browser = client_for(operator)
    assert (
        "/operations/tenants/acme/erase/"
        in browser.get("/operations/tenants/acme/").content.decode()
    )
    page = browser.get("/operations/tenants/acme/erase/").content.decode()
    for text in ("Business unit", "What stays, and why", "at least five organisations", "1 login that belongs nowhere else"):  # fmt: skip
        assert text in page
    for content in ("Secret", "Ada Adeyemi", ada.user.email):
        assert content not in page
    answer = browser.post("/operations/tenants/acme/erase/", {"version": 1, "typed": "Acme"})
    assert answer.status_code == 422
    assert "exactly" in answer.content.decode()
    answer = browser.post("/operations/tenants/acme/erase/", {"version": 1, "typed": "acme"})
    assert (answer.status_code, answer.url) == (303, "/operations/erasures/E-1/")
    assert "will be erased from" in browser.get("/operations/erasures/E-1/").content.decode()
    assert browser.get("/operations/tenants/acme/erase/").url == "/operations/erasures/E-1/"
    assert "E-1" in browser.get("/operations/tenants/acme/").content.decode()
    again = browser.post("/operations/tenants/acme/erase/", {"version": 1, "typed": "acme"})
    assert again.status_code == 409
    for text in ("Nothing was changed", "already", "acme will be erased from", "ops@portal.example"):  # fmt: skip
        assert text in again.content.decode()
    assert Erasure.objects.count() == 1
    answer = browser.post("/operations/erasures/E-1/call-off/")
    assert answer.status_code == 303
    assert "was called off" in browser.get(answer.url).content.decode()
    late = browser.post("/operations/erasures/E-1/call-off/")
    assert late.status_code == 409
    assert "too late" in late.content.decode()


def test_what_is_not_closed_is_shown_without_a_button(acme, operator, client_for):
    page = client_for(operator).get("/operations/tenants/acme/erase/").content.decode()
    assert "Only what is closed can be erased" in page
    assert "Ask for it" not in page


def test_the_page_of_one_that_runs_asks_for_more_and_then_stops(acme, operator, client_for):
    ask(close(acme), operator, at=NOW - 2 * DAY)
    page = client_for(operator).get("/operations/erasures/E-1/").content.decode()
    assert "until the first row goes it can be called off" in page
    assert 'hx-get="/operations/erasures/E-1/?seen=waiting"' in page
    Erasure.objects.update(state="erasing", done=40, total=90, begun_at=NOW, counts={"tenants_person": 90})  # fmt: skip
    browser = client_for(operator)
    page = browser.get("/operations/erasures/E-1/").content.decode()
    assert "40 of 90" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    for seen, is_new in (("waiting", True), ("erasing", False)):
        part = browser.get(f"/operations/erasures/E-1/?seen={seen}", headers={"HX-Request": "true", "HX-Target": "progress"})  # fmt: skip
        assert ("HX-Refresh" in part) is is_new
    Erasure.objects.update(state="erased", ended_at=NOW, done=90)
    part = browser.get("/operations/erasures/E-1/?seen=erasing", headers={"HX-Request": "true", "HX-Target": "progress"})  # fmt: skip
    assert part["HX-Refresh"] == "true"
    assert "hx-get" not in part.content.decode()
    assert "<html" not in part.content.decode()


@pytest.mark.parametrize(
    ("url", "row"),
    [
        ("/operations/erasures/", "E-1,acme,Waiting"),
        ("/operations/erasures/E-1/", "Tenants,Person,90"),
        ("/operations/tenants/borealis/erase/", "Tenants,Business unit,1"),
    ],
)
def test_what_is_shown_can_be_taken_along(acme, borealis, operator, client_for, url, row):
    ask(close(acme), operator)
    Erasure.objects.update(counts={"tenants_person": 90})
    with tenant_context(borealis.id):
        UnitFactory()
    browser = client_for(operator)
    assert row in browser.get(f"{url}?format=csv").content.decode()
    assert browser.get(f"{url}?format=xlsx")["Content-Type"].endswith("sheet")


@pytest.mark.parametrize("reference", ["E-2", "E-x", "X-1", "E-", "E-99999999999999999999"])
def test_what_never_was_is_not_found(acme, operator, client_for, reference):
    ask(close(acme), operator)
    assert client_for(operator).get(f"/operations/erasures/{reference}/").status_code == 404


def test_nobody_else_finds_any_of_it(acme, ada, client_for, operator, client):
    asked = ask(close(acme), operator)
    for path in ("erasures/", "erasures/E-1/", "tenants/acme/erase/"):
        assert client_for(ada).get(f"/operations/{path}").status_code == 404
        assert client.get(f"/operations/{path}").url.startswith("/accounts/login/")
    for path in ("erasures/E-1/call-off/", "tenants/acme/erase/"):
        answer = client_for(ada).post(f"/operations/{path}", {"version": 1, "typed": "acme"})
        assert answer.status_code == 404
    asked.refresh_from_db()
    assert asked.state == ErasureState.WAITING


def test_the_number_of_statements_does_not_grow(acme, operator, client_for, django_assert_max_num_queries):  # fmt: skip
    close(acme)
    for number in range(2, 8):
        Erasure.objects.create(number=number, slug=f"old-{number}", state="erased", closed_at=NOW, asked_at=NOW, due_at=NOW)  # fmt: skip
    browser = client_for(operator)
    with django_assert_max_num_queries(6):
        browser.get("/operations/erasures/")
    with django_assert_max_num_queries(14):
        browser.get("/operations/tenants/acme/erase/")


def test_an_administrator_reads_how_an_organisation_leaves(ada, dana, client_for):
    page = client_for(ada).get("/t/acme/admin/thresholds/").content.decode()
    assert "30 days after it was closed" in page
    assert "30 days after it was closed" not in client_for(dana).get("/t/acme/admin/thresholds/").content.decode()  # fmt: skip


# --- the job and the prompt ---


@pytest.fixture
def eraser_url(settings) -> str:
    settings.DATABASE_ERASER_URL = login("pmo_eraser", connection.settings_dict["NAME"])
    return settings.DATABASE_ERASER_URL


@pytest.mark.django_db(transaction=True)
def test_the_task_erases_what_is_due_and_nothing_else(
    acme, borealis, ada, ola, operator, eraser_url
):
    ask(close(acme), operator, at=NOW - 2 * DAY)
    ask(close(borealis), operator)
    assert tasks.erase_due() == 1
    assert list(Tenant.objects.values_list("slug", flat=True)) == ["borealis"]
    assert list(Membership.objects.values_list("user__name", flat=True)) == ["Ola Okafor"]
    assert tasks.erase_due() == 0
    with travel(NOW + 2 * DAY):
        assert tasks.erase_due() == 1
    assert not Tenant.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_that_cannot_begin_keeps_nobody_else_waiting(
    acme, borealis, ada, ola, operator, eraser_url, monkeypatch
):
    """The portal's own connection fails with errors of Django, not of the driver."""
    for tenant in (acme, borealis):
        ask(close(tenant), operator, at=NOW - 2 * DAY)
    count = kinds.count_rows

    def slow(tenant: Tenant) -> dict[str, int]:
        if tenant.slug == "acme":
            raise OperationalError("canceling statement due to statement timeout")
        return count(tenant)

    with monkeypatch.context() as patch:
        patch.setattr(kinds, "count_rows", slow)
        assert tasks.erase_due() == 1
    assert list(Tenant.objects.values_list("slug", flat=True)) == ["acme"]
    assert "OperationalError" in Erasure.objects.get(slug="acme").fault
    assert tasks.erase_due() == 1


@pytest.mark.django_db(transaction=True)
def test_the_task_stops_when_its_time_is_over_and_goes_on_the_next_minute(
    acme, ada, operator, eraser_url, monkeypatch
):
    ask(close(acme), operator, at=NOW - 2 * DAY)
    with monkeypatch.context() as patch:
        patch.setattr(tasks, "SECONDS_AT_ONCE", -1)
        assert tasks.erase_due() == 0
    assert Erasure.objects.get().state == ErasureState.ERASING
    assert tasks.erase_due() == 1


def _at_the_prompt(*arguments: str) -> str:
    out = io.StringIO()
    call_command("erase_organisation", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_at_the_prompt_it_is_asked_for_first_and_erased_when_due(acme, ada, eraser_url):
    close(acme)
    assert "E-1: acme will be erased from" in _at_the_prompt("acme", "--confirm", "acme")
    assert Tenant.objects.filter(slug="acme").exists()
    with travel(NOW + 2 * DAY):
        said = _at_the_prompt("acme", "--confirm", "acme")
    assert "accounts_membership: 1" in said
    assert "E-1: acme is erased" in said
    assert not Tenant.objects.exists()
    record = Erasure.objects.get()
    assert (record.state, record.asked_by, record.logins_erased) == ("erased", "", 1)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("acme", "--confirm", "acne"), "exactly"),
        (("acne", "--confirm", "acne"), "no organisation"),
        (("borealis", "--confirm", "borealis"), "Only what is closed"),
    ],
)
def test_at_the_prompt_mistakes_are_said(acme, borealis, arguments, sentence):
    close(acme)
    with pytest.raises(CommandError, match=sentence):
        _at_the_prompt(*arguments)
    assert not Erasure.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_at_the_prompt_one_waits_for_another_process(acme, operator, eraser_url):
    ask(close(acme), operator, at=NOW - 2 * DAY)
    with (
        eraser.opened(eraser_url, acme.pk) as first,
        pytest.raises(CommandError, match="another process"),
    ):
        assert first is not None
        _at_the_prompt("acme", "--confirm", "acme")


@pytest.mark.django_db(transaction=True)
def test_at_the_prompt_the_fault_of_a_run_before_is_not_told_again(acme, operator, eraser_url):
    """The worker has taken the organisation and not yet noted that it goes on."""
    ask(close(acme), operator, at=NOW - 2 * DAY)
    Erasure.objects.update(fault="The database stopped it (OperationalError).")
    with (
        eraser.opened(eraser_url, acme.pk),
        pytest.raises(CommandError, match="another process"),
    ):
        _at_the_prompt("acme", "--confirm", "acme")
    assert "E-1: acme is erased" in _at_the_prompt("acme", "--confirm", "acme")


def test_at_the_prompt_the_fault_of_this_run_is_told(acme, operator, settings):
    settings.DATABASE_ERASER_URL = ""
    ask(close(acme), operator, at=NOW - 2 * DAY)
    Erasure.objects.update(fault="The database stopped it (OperationalError).")
    with pytest.raises(CommandError, match="DATABASE_ERASER_URL"):
        _at_the_prompt("acme", "--confirm", "acme")


def test_at_the_prompt_one_that_is_called_off_meanwhile_is_said_to_be(acme, operator, eraser_url, monkeypatch):  # fmt: skip
    asked = ask(close(acme), operator, at=NOW - 2 * DAY)
    opened = eraser.opened

    def late(*args):
        erasing.call_off(asked, at=NOW, acting=operator)
        return opened(*args)

    monkeypatch.setattr(eraser, "opened", late)
    with pytest.raises(CommandError, match="called off"):
        _at_the_prompt("acme", "--confirm", "acme")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", ["acme", "borealis"])
def test_two_operators_ask_in_the_same_moment(acme, borealis, operator, client_for, second):
    """For one organisation the later one is told; for two each gets its own."""
    close(acme)
    close(borealis)
    answers = []

    def late() -> None:
        try:
            answers.append(client_for(operator).post(f"/operations/tenants/{second}/erase/", {"version": 1, "typed": second}))  # fmt: skip
        finally:
            connection.close()

    other = threading.Thread(target=late)
    with transaction.atomic():
        ask(acme, operator)
        other.start()
        _wait_for_one_that_waits()
    other.join()
    (answer,) = answers
    if second == "acme":
        assert answer.status_code == 409
        assert "already" in answer.content.decode()
        assert Erasure.objects.count() == 1
    else:
        assert (answer.status_code, answer.url) == (303, "/operations/erasures/E-2/")


def _wait_for_one_that_waits() -> None:
    """Until another connection waits for a lock this one holds. The locks of the database say when, not a clock."""
    end = time.monotonic() + 30
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))")  # fmt: skip
            if cursor.fetchone() == (True,):
                return
            time.sleep(0.01)
    raise AssertionError("Nobody waits.")


def test_one_erasure_of_an_organisation_is_open_at_a_time(acme, operator):
    from django.db import IntegrityError

    asked = ask(close(acme), operator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.create(number=9, organisation=asked.organisation, slug="acme", closed_at=NOW, asked_at=NOW, due_at=NOW)  # fmt: skip


# --- the order of tables ---


def test_children_go_first_and_circles_together():
    from pmo_portal.operations.schema import children_first

    points_at = {"leaf": {"branch"}, "branch": {"tree", "elsewhere"}, "hen": {"egg", "tree"}, "egg": {"hen"}, "knot": {"knot"}}  # fmt: skip
    found = children_first(["tree", "branch", "leaf", "hen", "egg", "knot"], points_at)
    place = {name: place for place, (names, _circle) in enumerate(found) for name in names}
    assert place["leaf"] < place["branch"] < place["tree"]
    assert place["hen"] == place["egg"] < place["tree"]
    assert {tuple(names) for names, is_circle in found if is_circle} == {("egg", "hen"), ("knot",)}
