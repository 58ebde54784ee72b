"""Reviews open by themselves, both sides speak, both leads complete."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from governance import selectors, services
from governance.models import Review, ReviewLine, ReviewView
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.history import services as history
from pmo_portal.tenants.context import tenant_context
from tests.factories.governance import (
    ActionFactory,
    CharterAssumptionFactory,
    CharterFactory,
    DecisionFactory,
    SuccessMeasureFactory,
)
from tests.factories.programmes import MilestoneFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

START = date(2026, 1, 1)
END = date(2026, 4, 11)  # 100 days later


@pytest.fixture
def charter(acme, dana, cam):
    """Agreed on the first day of a programme of 100 days."""
    with tenant_context(acme.id):
        programme = ProgrammeFactory(
            code="FHR", starts_on=START, delivery_lead=dana.person, change_lead=cam.person,
            budget=5_000_00,
        )  # fmt: skip
        MilestoneFactory(programme=programme, baseline_on=END, forecast_on=END)
        charter = CharterFactory(programme=programme, status="agreed", agreed_on=START)
        CharterAssumptionFactory(
            charter=charter, half="delivery", text="The budget stays", value=4_500, margin=300,
            figure="budget",
        )  # fmt: skip
        SuccessMeasureFactory(charter=charter, half="adoption")
        yield charter


def opened(on):
    return [(review.share, review.reached_on) for review in services.open_due_reviews(on=on)]


def judge(review, function, member, verdict="holds"):
    for line in review.lines.all():
        services.say_finding(
            line, function=function, verdict=verdict, evidence="Counted.", on=END, acting=member
        )


def test_reviews_open_on_their_day_and_only_once(charter):
    assert opened(date(2026, 1, 25)) == []
    assert opened(date(2026, 1, 26)) == [(25, date(2026, 1, 26))]
    assert opened(date(2026, 1, 26)) == []
    assert opened(date(2026, 3, 20)) == [(50, date(2026, 2, 20)), (75, date(2026, 3, 17))]
    review = Review.objects.get(share=25)
    assert review.due_on == date(2026, 1, 26) + timedelta(days=14)
    assert [line.text for line in review.lines.all()] == ["The budget stays", "Milestones met"]


def test_without_an_agreed_charter_or_after_the_end_nothing_opens(charter):
    other = ProgrammeFactory(starts_on=START, ends_on=END)
    CharterFactory(programme=other)
    closed = ProgrammeFactory(starts_on=START, ends_on=END, stage="closed")
    CharterFactory(programme=closed, status="agreed", agreed_on=START)
    services.open_due_reviews(on=END)
    assert set(Review.objects.values_list("programme", flat=True)) == {charter.programme_id}


def test_another_baseline_moves_what_is_still_to_come(charter):
    MilestoneFactory(
        programme=charter.programme, baseline_on=END + timedelta(days=100), forecast_on=END
    )
    assert opened(date(2026, 1, 26)) == []
    assert opened(date(2026, 2, 20)) == [(25, date(2026, 2, 20))]


def test_what_was_frozen_stays_when_the_charter_is_renewed(charter):
    (review,) = services.open_due_reviews(on=date(2026, 1, 26))
    type(charter).objects.filter(pk=charter.pk).update(status="superseded")
    assert ReviewLine.objects.get(review=review, kind="assumption").value == 4_500


def test_each_function_says_what_it_found_itself(charter, dana, cam, vic, sam):
    (review,) = services.open_due_reviews(on=date(2026, 1, 26))
    line = review.lines.first()
    for function, member in (
        ("delivery", cam),
        ("change", dana),
        ("change", vic),
        ("delivery", sam),
    ):
        with pytest.raises(NotAllowed):
            services.say_finding(
                line, function=function, verdict="holds", evidence="x", on=END, acting=member
            )
    judge(review, "delivery", dana)
    judge(review, "change", cam, "broken")
    looks = selectors.looked_at(review, END)
    assert {look.verdict for look in looks} == {"broken"}
    assert all(look.differs for look in looks)


def test_a_second_word_revises_the_first_and_an_old_form_is_refused(charter, dana):
    (review,) = services.open_due_reviews(on=date(2026, 1, 26))
    line = review.lines.first()
    say = {"function": "delivery", "evidence": "x", "on": END, "acting": dana}
    first = services.say_finding(line, verdict="holds", **say)
    services.say_finding(line, verdict="drifted", version=first.version, **say)
    with pytest.raises(history.EditConflict):
        services.say_finding(line, verdict="broken", version=first.version, **say)
    assert ReviewView.objects.get().verdict == "drifted"


def test_it_is_done_when_both_leads_say_so_and_keeps_its_figures(charter, dana, cam):
    (review,) = services.open_due_reviews(on=date(2026, 1, 26))
    with pytest.raises(ValidationError, match="no word of your side"):
        services.complete_review(review, function="delivery", on=END, acting=dana)
    judge(review, "delivery", dana)
    judge(review, "change", cam)
    with pytest.raises(NotAllowed):
        services.complete_review(review, function="change", on=END, acting=dana)
    review = services.complete_review(review, function="delivery", on=END, acting=dana)
    assert review.is_open
    with pytest.raises(ValidationError, match="has completed"):
        judge(review, "delivery", dana)
    review = services.complete_review(review, function="change", on=END, acting=cam)
    assert (review.status, review.done_on) == ("done", END)
    assert review.lines.get(figure="budget").computed == 5_000
    type(charter.programme).objects.filter(pk=charter.programme_id).update(budget=9_000_00)
    kept = selectors.looked_at(Review.objects.get(pk=review.pk), END)
    assert {look.now for look in kept if look.line.figure} == {5_000}
    with pytest.raises(ValidationError, match="is done"):
        services.reopen_side(review, function="change", acting=cam)


def test_who_completed_a_side_stays_whoever_presses_again(charter, dana):
    (review,) = services.open_due_reviews(on=date(2026, 1, 26))
    judge(review, "delivery", dana)
    services.complete_review(review, function="delivery", on=START, acting=dana)
    with pytest.raises(ValidationError, match="completed this review already"):
        services.complete_review(review, function="delivery", on=END, acting=dana)
    assert Review.objects.get(pk=review.pk).delivery_done_on == START


def test_two_first_words_of_one_side_meet_each_other(charter, dana, client_for):
    (review,) = services.open_due_reviews(on=date(2026, 1, 26))
    line = review.lines.first()
    url = f"{review.get_absolute_url()}lines/{line.line}/delivery/"
    browser = client_for(dana)
    version = browser.get(url).context["form"]["version"].value()
    services.say_finding(
        line, function="delivery", verdict="holds", evidence="Counted.", on=END, acting=dana
    )
    mine = {"verdict": "broken", "evidence": "Asked them.", "version": version}
    clash = browser.post(url, mine)
    assert clash.status_code == 409
    for words in (b"Counted.", b"Asked them."):
        assert words in clash.content
    assert ReviewView.objects.get().verdict == "holds"
    again = mine | {"version": clash.context["form"]["version"].value()}
    assert browser.post(url, again).status_code == 303
    assert ReviewView.objects.get().verdict == "broken"


def test_a_side_takes_its_completion_back(charter, dana):
    (review,) = services.open_due_reviews(on=date(2026, 1, 26))
    judge(review, "delivery", dana)
    services.complete_review(review, function="delivery", on=END, acting=dana)
    assert services.reopen_side(review, function="delivery", acting=dana).delivery_done_on is None


def test_a_known_figure_is_compared_with_what_was_agreed(charter):
    (review,) = services.open_due_reviews(on=date(2026, 1, 26))
    look = next(each for each in selectors.looked_at(review, END) if each.line.figure == "budget")
    assert (look.now, look.drift, look.suggested) == (5_000, 500, "drifted")


@pytest.mark.parametrize(
    ("then", "now", "unit", "words"),
    [
        (70, 100, "%", "+30 points"),
        (95, 94, "%", "\N{MINUS SIGN}1 point"),
        (64, 57.09, "points", "\N{MINUS SIGN}6.9 points"),
        (1, 0.95, "", "\N{MINUS SIGN}0.05"),
        (372, 372.04, "people", "0 people"),
    ],
)
def test_a_figure_moves_in_the_places_it_is_shown_with_and_a_share_by_points(
    then, now, unit, words
):
    look = selectors.Looked(ReviewLine(value=then, unit=unit), {}, now, "")
    assert look.drift_words == words


def test_outcomes_belong_to_the_programme(charter, dana):
    (review,) = services.open_due_reviews(on=date(2026, 1, 26))
    with pytest.raises(ValidationError, match="of this programme"):
        services.link_outcome(review, action=ActionFactory(), acting=dana)
    decision = DecisionFactory(programme=charter.programme)
    services.link_outcome(review, decision=decision, acting=dana)
    services.link_outcome(review, decision=decision, acting=dana)
    assert [each.decision for each in selectors.outcomes_of(review)] == [decision]


def test_what_was_unlinked_from_a_review_stays_in_its_history(charter, dana, cam, client_for):
    (review,) = services.open_due_reviews(on=date(2026, 1, 26))
    decision = DecisionFactory(programme=charter.programme, question="Slower?")
    url, browser = review.get_absolute_url(), client_for(dana)
    services.link_outcome(review, decision=decision, acting=cam)
    assert browser.post(f"{url}unlink/", {"outcome": "DEC-999"}).status_code == 400
    for _twice in range(2):
        assert browser.post(f"{url}unlink/", {"outcome": decision.reference}).status_code == 303
    assert selectors.outcomes_of(review) == []
    page = browser.get(f"/t/acme/history/{review.reference}/")
    told = [(each.action, each.who, each.of) for each in page.context["parts"]]
    assert told == [
        ("unlink outcome of review", str(dana.user), str(decision)),
        ("link outcome of review", str(cam.user), str(decision)),
    ]
    services.link_outcome(review, decision=decision, acting=dana)
    assert [each.decision for each in selectors.outcomes_of(review)] == [decision]


def test_three_columns_over_time(charter, dana):
    services.open_due_reviews(on=date(2026, 2, 20))
    moments = selectors.moments_of(charter.programme, START)
    assert [(each.share, each.review is not None) for each in moments] == [
        (25, True), (50, True), (75, False),
    ]  # fmt: skip
    rows = selectors.over_time(moments, END)
    assert [[cell is not None for cell in row.cells] for row in rows] == [[True, True, False]] * 2


@pytest.mark.parametrize("count", [1, 8])
def test_opening_asks_the_same_number_of_questions_when_nothing_is_due(
    acme, count, django_assert_num_queries
):
    with tenant_context(acme.id):
        for _each in range(count):
            programme = ProgrammeFactory(starts_on=START, ends_on=END)
            CharterFactory(programme=programme, status="agreed", agreed_on=END)
        with django_assert_num_queries(6):
            services.open_due_reviews(on=START)


def test_the_agreement_as_of_a_day(charter, django_assert_num_queries):
    (review,) = services.open_due_reviews(on=date(2026, 1, 26))
    programme = charter.programme
    with django_assert_num_queries(3):
        before = selectors.agreement_of(programme, START - timedelta(days=1))
        waiting = selectors.agreement_of(programme, review.due_on)
        late = selectors.agreement_of(programme, review.due_on + timedelta(days=1))
    assert (before.edition, before.overdue) == (None, 0)
    assert (waiting.edition, waiting.overdue) == (1, 0)
    assert (late.edition, late.overdue) == (1, 1)
    Review.objects.filter(pk=review.pk).update(
        status="done", done_on=END, delivery_done_on=END, change_done_on=END
    )
    assert selectors.agreement_of(programme, END).overdue == 0
