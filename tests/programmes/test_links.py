"""Dependencies between milestones: who may, what is refused, what the pages say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.tenants.context import tenant_context
from programmes import selectors, services
from programmes.models import Milestone, MilestoneLink
from tests.factories.programmes import MilestoneFactory, MilestoneLinkFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 5, 9, tzinfo=UTC)


@pytest.fixture
def programme(in_acme):
    return ProgrammeFactory(code="FHR")


@pytest.fixture
def plan(programme):
    """Data, then training, then the go-live."""
    return [
        MilestoneFactory(programme=programme, name="Data", baseline_on=date(2027, 1, 4)),
        MilestoneFactory(
            programme=programme, name="Training", track="adoption", baseline_on=date(2027, 1, 11)
        ),
        MilestoneFactory(
            programme=programme, name="Payroll", is_golive=True, baseline_on=date(2027, 1, 18)
        ),
    ]


def link(before, after, acting=None, **more) -> MilestoneLink:
    return services.link_milestones(
        MilestoneLink(before=before, after=after, **more), acting=acting
    )


def test_the_side_that_waits_says_what_for(plan, dana, cam) -> None:
    data, training, golive = plan
    with pytest.raises(NotAllowed):
        link(data, training, acting=dana)
    link(data, training, acting=cam)
    link(training, golive, acting=dana)


def test_a_loop_is_refused_and_named(plan) -> None:
    data, training, golive = plan
    link(data, training)
    link(training, golive)
    with pytest.raises(ValidationError) as refused:
        link(golive, data)
    chain = f"{data.reference} → {training.reference} → {golive.reference} → {data.reference}"
    assert chain in str(refused.value)


@pytest.mark.django_db(transaction=True)
def test_two_links_of_one_moment_close_no_loop(acme) -> None:
    """They share no milestone, and still the second waits for the first."""
    refused: list[ValidationError] = []
    with tenant_context(acme.id):
        programme = ProgrammeFactory()
        a, b, c, d = (MilestoneFactory(programme=programme) for _each in range(4))
        link(b, c)
        link(d, a)

    def second() -> None:
        try:
            with tenant_context(acme.id):
                link(c, d)
        except ValidationError as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    other = Thread(target=second)
    with tenant_context(acme.id), transaction.atomic():
        link(a, b)
        other.start()
        other.join(0.2)
    other.join(30)
    with tenant_context(acme.id):
        assert MilestoneLink.objects.count() == 3
    assert "Then it would wait for itself" in str(refused)


def test_a_loop_that_stands_is_named_and_no_page_fails(plan, dana, client_for) -> None:
    data, _training, golive = plan
    link(data, golive)
    MilestoneLinkFactory(before=golive, after=data)
    browser = client_for(dana)
    for url in ("/t/acme/p/FHR/plan/", data.get_absolute_url()):
        page = browser.get(url).content.decode()
        assert "oom to move is not known" in page
        assert f"{data.reference} → {golive.reference} → {data.reference}" in page


def test_a_removed_link_closes_no_loop_and_comes_back(plan, dana, client_for) -> None:
    data, _training, golive = plan
    first = link(data, golive)
    browser = client_for(dana)
    browser.post(f"/t/acme/p/FHR/plan/needs/{first.reference}/remove/")
    assert not MilestoneLink.objects.exists()
    link(golive, data)
    MilestoneLink.objects.all().delete()
    browser.post(f"/t/acme/history/{first.reference}/restore/")
    assert MilestoneLink.objects.get().before == data


def test_it_is_said_in_the_browser(plan, dana, client_for) -> None:
    data, _training, golive = plan
    browser, url = client_for(dana), golive.get_absolute_url()
    assert "It waits for nothing in the plan" in browser.get(url).content.decode()
    answer = browser.post(f"{url}needs/", {"before": data.pk, "lag": 3, "note": "Test data"})
    assert answer.status_code == 303
    page = browser.get(url).content.decode()
    assert data.reference in page
    assert "Test data" in page
    assert data.reference in browser.get("/t/acme/p/FHR/plan/").content.decode()


def test_dates_that_do_not_hold_together_are_said(plan, dana, client_for) -> None:
    data, _training, golive = plan
    link(data, golive, lag=20)
    page = client_for(dana).get(golive.get_absolute_url()).content.decode()
    assert "10 days too early" in page
    page = client_for(dana).get(data.get_absolute_url()).content.decode()
    assert "10 working days too late for what waits for it" in page


def test_a_milestone_of_another_programme_is_named_by_its_reference(plan, dana, client_for) -> None:
    elsewhere = MilestoneFactory(programme=ProgrammeFactory(name="Network"), name="Lines laid")
    url = plan[2].get_absolute_url()
    browser = client_for(dana)
    wrong = browser.post(f"{url}needs/", {"elsewhere": "M-99999", "lag": 0})
    assert wrong.status_code == 422
    assert "No milestone has this reference" in wrong.content.decode()
    right = browser.post(f"{url}needs/", {"elsewhere": elsewhere.reference.lower(), "lag": 0})
    assert right.status_code == 303
    assert "Network" in browser.get(url).content.decode()


def test_a_programme_one_does_not_see_is_not_named(plan, dee, in_acme, client_for) -> None:
    from tests.factories.programmes import ProgrammeMemberFactory

    ProgrammeMemberFactory(programme=plan[0].programme, person=dee.person)
    hidden = MilestoneFactory(programme=ProgrammeFactory(name="Secret"))
    answer = client_for(dee).post(
        f"{plan[2].get_absolute_url()}needs/", {"elsewhere": hidden.reference, "lag": 0}
    )
    assert answer.status_code == 422
    assert not MilestoneLink.objects.exists()


def test_linked_milestones_of_programmes_one_does_not_see_have_no_name(
    plan, dee, dana, client_for
) -> None:
    from tests.factories.programmes import ProgrammeMemberFactory

    data, _training, golive = plan
    ProgrammeMemberFactory(programme=data.programme, person=dee.person, role="contributor_delivery")
    secret = ProgrammeFactory(name="Secret merger")
    day = date(2027, 3, 3)
    first, last = (
        MilestoneFactory(programme=secret, name=name, baseline_on=day, forecast_on=day)
        for name in ("Deal signed", "Deal closed")
    )
    made = link(first, golive, note="Wait for the lawyers")
    link(golive, last, note="Then the bank")
    words = ("Secret merger", "Deal signed", "Deal closed", first.reference, "lawyers", "bank")
    page = client_for(dee).get(golive.get_absolute_url()).content.decode()
    assert page.count("A milestone of another programme") == 2
    assert page.count("3 Mar 2027") == 2
    assert not [word for word in words if word in page]
    form = client_for(dee).get(edit_url(made)).content.decode()
    assert "Payroll waits for a milestone of another programme" in form
    assert "Deal signed" not in form
    page = client_for(dana).get(golive.get_absolute_url()).content.decode()
    assert not [word for word in words if word not in page]
    plan_url = "/t/acme/p/FHR/plan/"
    for url in (plan_url, f"{plan_url}?format=csv"):
        text = client_for(dee).get(url).getvalue().decode()
        assert first.reference not in text
        assert "a milestone of another programme" in text
        assert first.reference in client_for(dana).get(url).getvalue().decode()
    MilestoneLinkFactory(before=golive, after=first)
    for url in (plan_url, golive.get_absolute_url()):
        page = client_for(dee).get(url).content.decode()
        assert f"{golive.reference} → a milestone of another programme" in page
        assert first.reference not in page


def test_milestones_of_a_removed_programme_are_left_out(plan, dana, client_for) -> None:
    data, _training, golive = plan
    other = ProgrammeFactory(name="Network")
    link(MilestoneFactory(programme=other, name="Lines laid"), golive)
    link(data, golive)
    services.remove_programme(other, at=NOW, acting=None)
    page = client_for(dana).get(golive.get_absolute_url()).content.decode()
    assert "Data" in page
    assert "Lines laid" not in page
    assert [each.before for each in selectors.links_of([golive.programme_id])] == [data]


def test_the_plan_needs_no_more_statements_for_more_links(programme, dana, client_for) -> None:
    browser = client_for(dana)
    counts = []
    for more in (1, 9):
        for _each in range(more):
            first, second = (MilestoneFactory(programme=programme) for _end in range(2))
            MilestoneLinkFactory(before=first, after=second)
        browser.get("/t/acme/p/FHR/plan/")
        with CaptureQueriesContext(connection) as asked:
            assert browser.get("/t/acme/p/FHR/plan/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def stone(programme, day, **more):
    return MilestoneFactory(programme=programme, baseline_on=day, **more)


def rooms_told(browser, programme) -> dict[str, int | None]:
    """The room the plan of a programme tells, by name; the page of each milestone tells the same."""
    told = {}
    for row in browser.get(f"/t/acme/p/{programme.code}/plan/").context["register"].rows:
        room = browser.get(row.get_absolute_url()).context["room"]
        assert (room.days if room else None) == row.room, row.name
        told[row.name] = row.room
    return told


@pytest.fixture
def chain(programme):
    """Data of FHR, then lines and tests of two other programmes, then a go-live of the second and one of FHR."""
    network, merger = ProgrammeFactory(name="Network"), ProgrammeFactory(name="Secret merger")
    data = stone(programme, date(2027, 1, 4), name="Data")
    golive = stone(programme, date(2027, 2, 1), name="Payroll", is_golive=True)
    lines, tests = stone(network, date(2027, 1, 5)), stone(merger, date(2027, 1, 7))
    closed = stone(merger, date(2027, 1, 14), is_golive=True)
    stone(merger, date(2027, 12, 1))
    links = [
        link(before, after, lag=1)
        for before, after in ((data, lines), (lines, tests), (tests, closed), (tests, golive))
    ]
    return data, lines, tests, closed, links


def test_room_counts_chains_through_programmes_one_does_not_see_and_every_page_tells_the_same(
    programme, chain, dee, client_for
) -> None:
    from tests.factories.programmes import ProgrammeMemberFactory

    ProgrammeMemberFactory(programme=programme, person=dee.person, role="contributor_delivery")
    stone(programme, date(2027, 1, 6), name="Alone")
    stone(programme, date(2027, 7, 5), name="Handover")
    browser = client_for(dee)
    # 14 January less a day for each of three links is the 11th, five working days after the 4th.
    assert rooms_told(browser, programme) == {
        "Data": 5,
        "Alone": 128,
        "Payroll": 0,
        "Handover": 0,
    }
    data, lines, tests, _closed, _links = chain
    page = browser.get(data.get_absolute_url()).content.decode()
    assert "It can move 5 working days before others must" in page
    assert not [name for name in (lines.reference, tests.reference, "merger") if name in page]


@pytest.mark.parametrize("gone", ["reached", "milestone", "link", "programme"])
def test_what_is_reached_or_removed_in_another_programme_holds_nobody_up(
    programme, chain, dana, gone
) -> None:
    data, lines, tests, closed, links = chain
    # Without the other go-live: three days before 1 February.
    days = 17
    if gone == "reached":
        Milestone.objects.filter(pk=closed.pk).update(actual_on=date(2026, 6, 1))
    elif gone == "milestone":
        services.remove_milestone(closed, at=NOW, acting=None)
    elif gone == "link":
        services.unlink_milestones(links[2], at=NOW, acting=None)
    else:
        # Without the chain: up to the end of the plan.
        services.remove_programme(lines.programme, at=NOW, acting=None)
        days = 20
    found = selectors.rooms_of(programme, on=date(2026, 6, 5), member=dana)
    assert found.of[data.pk].days == days
    assert tests.pk not in found.of


def test_a_golive_of_ones_own_behind_two_milestones_of_another_programme_counts(
    programme, dana, client_for
) -> None:
    network = ProgrammeFactory(name="Network")
    data = stone(programme, date(2027, 1, 4), name="Data")
    golive = stone(programme, date(2027, 1, 13), name="Payroll", is_golive=True)
    stone(programme, date(2027, 7, 5), name="Handover")
    lines, tests = (stone(network, date(2027, 1, day)) for day in (5, 7))
    for before, after in ((data, lines), (lines, tests), (tests, golive)):
        link(before, after)
    assert rooms_told(client_for(dana), programme)["Data"] == 7


def test_without_a_golive_plan_and_page_tell_the_room_up_to_the_end_of_the_plan(
    programme, dana, client_for
) -> None:
    network = ProgrammeFactory(name="Network")
    data = stone(programme, date(2027, 1, 4), name="Data")
    training = stone(programme, date(2027, 1, 11), name="Training", track="adoption")
    stone(programme, date(2027, 7, 5), name="Handover")
    link(data, training)
    link(stone(network, date(2027, 1, 4)), data)
    assert rooms_told(client_for(dana), programme) == {
        "Data": 130,
        "Training": 125,
        "Handover": 0,
    }


def test_a_loop_of_other_programmes_is_named_as_far_as_they_are_seen(
    programme, dee, dana, client_for
) -> None:
    from tests.factories.programmes import ProgrammeMemberFactory

    data = stone(programme, date(2027, 1, 4))
    first, second = (
        stone(ProgrammeFactory(name=name), date(2027, 1, 5)) for name in ("Network", "Merger")
    )
    link(data, first)
    link(first, second)
    MilestoneLinkFactory(before=second, after=first)
    ProgrammeMemberFactory(programme=programme, person=dee.person, role="contributor_delivery")
    for url in ("/t/acme/p/FHR/plan/", data.get_absolute_url()):
        page = client_for(dee).get(url).content.decode()
        assert "oom to move is not known" in page
        assert "a milestone of another programme → a milestone of another programme" in page
        assert second.reference not in page
        assert f"{first.reference} → {second.reference}" in (
            client_for(dana).get(url).content.decode()
        )


def test_pages_need_no_more_statements_for_longer_chains_through_programmes(
    programme, dana, client_for
) -> None:
    browser = client_for(dana)
    data = last = stone(programme, date(2027, 1, 4))
    counts = []
    for more in (2, 6):
        for _each in range(more):
            last, before = stone(ProgrammeFactory(), date(2027, 1, 5)), last
            link(before, last)
        for url in ("/t/acme/p/FHR/plan/", data.get_absolute_url()):
            browser.get(url)
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(url).status_code == 200
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def test_milestones_of_another_organisation_cannot_be_waited_for(
    acme, borealis, dana, client_for
) -> None:
    with tenant_context(borealis.id):
        theirs = [MilestoneFactory() for _each in range(3)][-1]
    with tenant_context(acme.id):
        ours = MilestoneFactory(programme__code="FHR")
        url = ours.get_absolute_url()
    answer = client_for(dana).post(f"{url}needs/", {"elsewhere": theirs.reference, "lag": 0})
    assert answer.status_code == 422
    answer = client_for(dana).post(f"{url}needs/", {"before": theirs.pk, "lag": 0})
    assert answer.status_code == 422


# --- editing ----------------------------------------------------------------------------------------------


def edit_url(made: MilestoneLink) -> str:
    return f"/t/acme/p/FHR/plan/needs/{made.reference}/edit/"


def typed(made: MilestoneLink, **changes) -> dict[str, object]:
    """The form as a browser would send it back, with some fields typed over."""
    sent = {"before": made.before_id, "elsewhere": "", "lag": made.lag, "note": made.note}
    return {**sent, "version": made.version, **changes}


def test_only_the_side_that_waits_edits_a_link(plan, dana, cam, vic, client_for) -> None:
    data, training, golive = plan
    made = link(data, training)
    for member in (dana, vic):
        with pytest.raises(NotAllowed):
            services.revise_link(made, changes={"lag": 4}, acting=member)
        assert client_for(member).get(edit_url(made)).status_code == 403
        assert client_for(member).post(edit_url(made), typed(made, lag=4)).status_code == 403
        page = client_for(member).get(training.get_absolute_url()).content.decode()
        assert edit_url(made) not in page
    assert edit_url(made) in client_for(cam).get(training.get_absolute_url()).content.decode()
    assert client_for(cam).post(edit_url(made), typed(made, lag=4)).status_code == 303
    assert MilestoneLink.objects.get().lag == 4
    with pytest.raises(NotAllowed):
        services.revise_link(link(data, golive), changes={"lag": 4}, acting=cam)


def test_a_link_of_another_organisation_or_programme_is_not_found(
    acme, borealis, ola, dana, client_for
) -> None:
    with tenant_context(acme.id):
        ProgrammeFactory(code="NET")
        made = MilestoneLinkFactory(after__programme__code="FHR")
        url = edit_url(made)
    with tenant_context(borealis.id):
        ProgrammeFactory(code="FHR")
    for browser, address in (
        (client_for(ola), url),
        (client_for(ola), url.replace("acme", "borealis")),
        (client_for(dana), url.replace("FHR", "NET")),
    ):
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"lag": 9}).status_code == 404


def test_what_is_waited_for_how_long_and_why_can_be_edited(plan, dana, client_for) -> None:
    data, training, golive = plan
    made = link(data, golive, lag=2, note="Test data")
    browser = client_for(dana)
    page = browser.get(edit_url(made)).content.decode()
    assert "Payroll waits for Data" in page
    assert "Test data" in page
    changes = typed(made, before=training.pk, lag=5, note="People first")
    assert browser.post(edit_url(made), changes).status_code == 303
    made.refresh_from_db()
    assert (made.before, made.lag, made.note, made.version) == (training, 5, "People first", 2)
    trail = browser.get(f"/t/acme/history/{made.reference}/").content.decode()
    for words in ("Training", "Test data", "People", "Put this version back"):
        assert words in trail, words
    browser.post(f"/t/acme/history/{made.reference}/restore/", {"version": 1})
    made.refresh_from_db()
    assert (made.before, made.lag, made.note) == (data, 2, "Test data")


def test_what_a_colleague_saved_meanwhile_is_told(plan, dana, client_for) -> None:
    made = link(plan[0], plan[2], note="Test data")
    browser = client_for(dana)
    browser.post(edit_url(made), typed(made, lag=3))
    answer = browser.post(edit_url(made), typed(made, lag=9))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Saved meanwhile" in page
    made.refresh_from_db()
    assert made.lag == 3
    assert browser.post(edit_url(made), typed(made, lag=9)).status_code == 303
    services.unlink_milestones(made, at=NOW, acting=None)
    assert browser.post(edit_url(made), typed(made, lag=1)).status_code == 410


def test_a_loop_is_refused_by_name_when_a_link_is_edited_or_put_back(
    plan, dana, client_for
) -> None:
    data, training, golive = plan
    extra = MilestoneFactory(programme=data.programme, name="Extra")
    made = link(extra, data)
    link(data, training)
    link(training, golive)
    browser = client_for(dana)
    answer = browser.post(edit_url(made), typed(made, before=golive.pk))
    assert answer.status_code == 422
    chain = f"{data.reference} → {training.reference} → {golive.reference} → {data.reference}"
    assert chain in answer.content.decode()
    made.refresh_from_db()
    assert (made.before, made.version) == (extra, 1)
    # Its own old order closes no loop.
    turned = link(golive, MilestoneFactory(programme=data.programme))
    services.revise_link(turned, changes={"before": data}, acting=None)
    link(turned.after, golive)
    answer = browser.post(f"/t/acme/history/{turned.reference}/restore/", {"version": 1})
    page = browser.get(answer["Location"]).content.decode()
    assert "Then it would wait for itself" in page
    turned.refresh_from_db()
    assert turned.before == data


def test_a_removed_link_does_not_come_back_into_a_loop(plan, dana, client_for) -> None:
    data, _training, golive = plan
    made = link(data, golive)
    services.unlink_milestones(made, at=NOW, acting=None)
    link(golive, data)
    browser = client_for(dana)
    answer = browser.post(f"/t/acme/history/{made.reference}/restore/")
    assert "Then it would wait for itself" in browser.get(answer["Location"]).content.decode()
    assert MilestoneLink.objects.get().after == data


def test_a_link_to_another_programme_is_edited_by_its_reference(
    plan, dee, dana, in_acme, client_for
) -> None:
    from tests.factories.programmes import ProgrammeMemberFactory

    data, _training, golive = plan
    elsewhere = MilestoneFactory(programme=ProgrammeFactory(name="Network"), name="Lines laid")
    made = link(elsewhere, golive, lag=1)
    # Dee does not see the other programme, and may still say how long the milestone waits.
    ProgrammeMemberFactory(programme=data.programme, person=dee.person, role="contributor_delivery")
    browser = client_for(dee)
    assert f'value="{elsewhere.reference}"' in browser.get(edit_url(made)).content.decode()
    sent = typed(made, before="", elsewhere=elsewhere.reference, lag=7)
    assert browser.post(edit_url(made), sent).status_code == 303
    made.refresh_from_db()
    assert (made.before, made.lag) == (elsewhere, 7)
    hidden = MilestoneFactory(programme=ProgrammeFactory())
    sent = typed(made, before="", elsewhere=hidden.reference)
    assert browser.post(edit_url(made), sent).status_code == 422
    sent = typed(made, before="", elsewhere=golive.reference)
    assert "cannot wait for itself" in browser.post(edit_url(made), sent).content.decode()
    # One of the plan in its place; and what is typed counts over what stood there.
    assert browser.post(edit_url(made), typed(made, before=data.pk)).status_code == 303
    made.refresh_from_db()
    assert made.before == data
    sent = typed(made, elsewhere=elsewhere.reference)
    assert client_for(dana).post(edit_url(made), sent).status_code == 303
    made.refresh_from_db()
    assert made.before == elsewhere
    both = typed(made, before=data.pk, elsewhere=hidden.reference)
    assert "not both" in client_for(dana).post(edit_url(made), both).content.decode()


def test_only_one_link_of_a_pair(plan, dana, client_for) -> None:
    data, training, golive = plan
    link(data, golive)
    made = link(training, golive)
    answer = client_for(dana).post(edit_url(made), typed(made, before=data.pk))
    assert answer.status_code == 422
    assert "waits for this milestone already" in answer.content.decode()
