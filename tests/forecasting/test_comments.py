"""What comments say: nothing of too few people, nothing of later days, and the same however it is asked."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
import time_machine
from django.urls import reverse

from adoption import services as adoption
from adoption.models import SurveyComment
from forecasting import inputs, services
from forecasting.comments import reading as reading_comments, records as comment_records
from forecasting.learning import features
from forecasting.learning.comments import lexicon, patterns
from forecasting.models import (
    CommentLexicon,
    CommentModel,
    CommentPattern,
    CommentTag,
    CommentTopic,
)
from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.permissions import NotAllowed
from pmo_portal.history.services import EditConflict
from pmo_portal.jobs import runs
from pmo_portal.jobs.models import Job
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import TenantSettings
from programmes.models import ProgrammeUnit
from tests.factories.accounts import make_member
from tests.factories.forecasting import CommentPatternFactory, CommentTopicFactory
from tests.factories.programmes import ProgrammeFactory
from tests.factories.tenants import PersonFactory, UnitFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 29)
NOW = datetime(2026, 6, 29, 18, tzinfo=UTC)
RESISTS, WILLING = "There is no time for this", "Looking forward to it"


@pytest.fixture(autouse=True)
def day():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def payroll(acme):
    """A programme in a large and a small unit; the large one was asked eight weeks ago and last week."""
    with tenant_context(acme.id):
        programme = ProgrammeFactory(
            code="FHR", name="Finance", starts_on=TODAY - timedelta(weeks=40)
        )
        parent = UnitFactory(code="OPS", name="Operations")
        programme.large = UnitFactory(code="PAY", name="Payroll", parent=parent)
        programme.small = UnitFactory(code="TINY", name="Tiny team", parent=parent)
        for unit in (programme.large, programme.small):
            ProgrammeUnit.objects.create(programme=programme, unit=unit, headcount=50)
        programme.before = wave(TODAY - timedelta(weeks=8), programme)
        programme.now = wave(TODAY - timedelta(weeks=1), programme)
    return programme


def moment(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)


def wave(on: date, programme):
    return adoption.record_wave(
        name=f"Pulse {on}",
        measure="engagement",
        closed_on=on,
        entries=[
            adoption.Entry(programme.large, 60.0, 30),
            # Enough for a figure, too few for words.
            adoption.Entry(programme.small, 60.0, 9),
        ],
        known_at=moment(on),
        acting=None,
    )


def write(wave, programme, unit, resisting: int, willing: int) -> None:
    adoption.record_comments(
        wave,
        programme=programme,
        texts={unit: [RESISTS] * resisting + [WILLING] * willing},
        known_at=moment(wave.closed_on),
        acting=None,
    )


def read() -> None:
    """As the job does."""
    reading_comments.keep_readings(
        reading_comments.think(reading_comments.gather_comments(), at=NOW)
    )
    reading_comments.keep_patterns(reading_comments.count_patterns(TODAY))


def input_of(programme, on: date = TODAY) -> float:
    made = inputs.read([on], programme_ids=[programme.pk])
    return float(made.raw[0, features.CRISIS.names.index("resist_text_4w")])


def row(theme: str = "resists", **where) -> CommentPattern:
    return CommentPattern.objects.get(theme=theme, **(where or {"unit__code": "PAY"}))


# --- anonymity first -----------------------------------------------------------------------------------------


def bare(page: str) -> str:
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "token", page)
    page = re.sub(r'"X-CSRFToken":\s*"[^"]+"', "token", page)
    return re.sub(r'content="[A-Za-z0-9]{64}"', "token", page)


PAGES = (
    "forecasts/comments/", "forecasts/comments/?format=csv", "p/FHR/comments/", "p/FHR/comments/?format=csv",
    "p/FHR/resistance/", "units/TINY/", "units/PAY/", "units/OPS/", "forecasts/comments/tag/", "p/FHR/forecast/",
)  # fmt: skip


@pytest.mark.parametrize("more_is_known", [False, True])
def test_what_fewer_than_kc_wrote_changes_nothing_anywhere(
    acme, payroll, cam, client_for, more_is_known
) -> None:
    def everything() -> tuple:
        pages = [bare(client_for(cam).get(f"/t/acme/{path}").content.decode()) for path in PAGES]
        with tenant_context(acme.id):
            made = inputs.read([TODAY], with_units=True)
            return pages, made.raw.tobytes(), made.unit_raw.tobytes()

    with tenant_context(acme.id):
        TenantSettings.objects.update(comment_quotes="everybody")
        if more_is_known:
            write(payroll.before, payroll, payroll.large, 1, 9)
            write(payroll.now, payroll, payroll.large, 8, 2)
        read()
    silent = everything()
    with tenant_context(acme.id):
        write(payroll.now, payroll, payroll.small, 9, 0)
        read()
    spoken = everything()
    for path, one, two in zip(PAGES, silent[0], spoken[0], strict=True):
        assert one == two, path
    assert silent[1:] == spoken[1:]
    with tenant_context(acme.id):
        assert SurveyComment.objects.filter(unit=payroll.small, read_with="").count() == 9
        assert not CommentPattern.objects.filter(unit=payroll.small).exists()


def test_no_figure_where_fewer_than_five_wrote(acme, payroll, vic, client_for) -> None:
    """30 answered, so words may be read; what four of them wrote is not made a share of."""
    with tenant_context(acme.id):
        write(payroll.before, payroll, payroll.large, 1, 9)
        write(payroll.now, payroll, payroll.large, 4, 0)
        read()
        found = row()
        assert (found.written, found.share, found.rose, found.is_alert) == (None, None, None, False)
        assert found.shares[-1] is None
    page = client_for(vic).get("/t/acme/p/FHR/comments/").content.decode()
    assert "Too few wrote" in page


def whole() -> list[tuple]:
    """What is told of the programme, theme by theme."""
    rows = CommentPattern.objects.filter(unit=None).order_by("theme")
    return list(rows.values_list("theme", "written", "share", "rose", "shares"))


def test_what_few_wrote_is_no_difference_of_what_is_told(in_acme, payroll) -> None:
    """Ten wrote in one unit and three in another: all less the ten would be the three."""
    units = [payroll.large, UnitFactory(code="TWO"), UnitFactory(code="THREE")]
    for unit in units[1:]:
        ProgrammeUnit.objects.create(programme=payroll, unit=unit, headcount=50)
    asked = adoption.record_wave(
        name="Pulse of three",
        measure="engagement",
        closed_on=TODAY - timedelta(days=2),
        entries=[adoption.Entry(unit, 60.0, 30) for unit in units],
        known_at=moment(TODAY - timedelta(days=2)),
        acting=None,
    )
    write(asked, payroll, units[0], 6, 4)
    read()
    ten, share = whole(), input_of(payroll)
    write(asked, payroll, units[1], 3, 0)
    read()
    assert (whole(), input_of(payroll)) == (ten, share)
    assert row(unit=None).written == 10
    # Of six in two units nobody can tell which three said what.
    write(asked, payroll, units[2], 0, 3)
    read()
    assert (row(unit=None).written, row(unit=None).share) == (16, pytest.approx(10 / 20))
    assert input_of(payroll) == pytest.approx(10 / 20)
    assert set(CommentPattern.objects.values_list("unit__code", flat=True)) == {None, "PAY"}


def test_four_weeks_in_which_few_wrote_are_not_what_later_ones_are_compared_with(
    in_acme, payroll
) -> None:
    """The chance that a share rose would tell what the one before said."""
    write(payroll.before, payroll, payroll.large, 1, 0)
    write(payroll.now, payroll, payroll.large, 8, 2)
    read()
    assert [(each.share is None, each.rose) for each in (row(), row(unit=None))] == [
        (False, None)
    ] * 2


def test_a_comment_names_nobody_unit_or_day_on_the_page_of_tags(
    acme, payroll, coe, client_for
) -> None:
    with tenant_context(acme.id):
        TenantSettings.objects.update(comment_quotes="change")
        adoption.record_comments(
            payroll.now,
            programme=payroll,
            texts={payroll.large: ["Nora says the screens are slow"]},
            known_at=NOW,
            acting=None,
        )
        # Came into the directory later.
        PersonFactory(handle="nora", name="Nora Quill")
        from tests.factories.programmes import ProgrammeMemberFactory

        ProgrammeMemberFactory(programme=payroll, person=coe.person, role="contributor_change")
        pk = SurveyComment.objects.get().pk
    page = client_for(coe).get("/t/acme/forecasts/comments/tag/").content.decode()
    assert "[name] says the screens are slow" in page
    assert "Nora" not in page
    assert "Payroll" not in page
    assert f'"tag-{pk}"' not in page


def test_words_are_shown_to_nobody_until_the_organisation_opens_them(
    acme, payroll, cam, vic, client_for
) -> None:
    with tenant_context(acme.id):
        write(payroll.now, payroll, payroll.large, 6, 0)
        read()

    def seen(member) -> list[bool]:
        browser = client_for(member)
        return [
            RESISTS in browser.get(f"/t/acme/{path}").content.decode()
            for path in ("p/FHR/comments/", "forecasts/comments/tag/")
        ]

    expected = {
        "nobody": ([False, False], [False, False]),
        "change": ([True, True], [False, False]),
        "everybody": ([True, True], [True, False]),
    }
    for who, (change, viewer) in expected.items():
        with tenant_context(acme.id):
            TenantSettings.objects.update(comment_quotes=who)
        assert seen(cam) == change, who
        assert seen(vic) == viewer, who


# --- the figures ---------------------------------------------------------------------------------------------


def test_a_share_that_rose_worked_by_hand(in_acme, payroll) -> None:
    write(payroll.before, payroll, payroll.large, 1, 9)
    write(payroll.now, payroll, payroll.large, 8, 2)
    read()
    found = row()
    assert found.share == pytest.approx(9 / 14)
    assert found.shares[-1] == pytest.approx(9 / 14, abs=1e-4)
    assert found.shares[-3] == pytest.approx(2 / 14, abs=1e-4)
    assert found.rose == pytest.approx(patterns.chance_it_rose((8, 10), (1, 10)))
    assert found.is_alert
    assert row("workload").is_alert
    assert not row("trust").is_alert
    # The programme is its units together.
    assert row(unit=None).share == found.share


def test_people_of_two_waves_in_four_weeks_are_not_counted_twice(in_acme, payroll) -> None:
    """Three wrote three weeks ago and four last week: they may be the same, so four at least."""
    third = wave(TODAY - timedelta(weeks=3), payroll)
    write(third, payroll, payroll.large, 0, 3)
    write(payroll.now, payroll, payroll.large, 4, 0)
    read()
    assert not CommentPattern.objects.filter(share__isnull=False).exists()


def test_a_tag_counts_before_words(in_acme, payroll, cam) -> None:
    write(payroll.now, payroll, payroll.large, 0, 10)
    read()
    assert row().share == pytest.approx(1 / 14)
    keys = list(SurveyComment.objects.values_list("key", flat=True)[:4])
    assert comment_records.tag_comments(dict.fromkeys(keys, "yes"), acting=cam) == 4
    # Again changes nothing, and another answer corrects.
    assert comment_records.tag_comments(dict.fromkeys(keys, "yes"), acting=cam) == 0
    assert comment_records.tag_comments({keys[0]: "no", keys[1]: "odd"}, acting=cam) == 1
    read()
    assert row().share == pytest.approx(4 / 14)


def test_nobody_tags_for_delivery_or_in_another_organisation(acme, borealis, payroll, dana) -> None:
    stranger = make_member(borealis, "Bo Change", Role.CHANGE_LEAD)
    with tenant_context(acme.id):
        write(payroll.now, payroll, payroll.large, 1, 0)
        key = SurveyComment.objects.get().key
        with pytest.raises(NotAllowed):
            comment_records.tag_comments({key: "yes"}, acting=dana)
    with tenant_context(borealis.id):
        assert comment_records.tag_comments({key: "yes"}, acting=stranger) == 0


def test_a_second_run_reads_nothing_and_gives_the_same(in_acme, payroll) -> None:
    write(payroll.now, payroll, payroll.large, 8, 2)
    read()
    first = list(
        CommentPattern.objects.order_by("theme", "unit").values_list("theme", "share", "rose")
    )
    gathered = reading_comments.gather_comments()
    assert gathered.unread == []
    assert gathered.all == []
    read()
    again = CommentPattern.objects.order_by("theme", "unit").values_list("theme", "share", "rose")
    assert list(again) == first


# --- the input of scores -------------------------------------------------------------------------------------


def test_the_input_is_the_shrunk_share_of_four_weeks(in_acme, payroll) -> None:
    assert np.isnan(input_of(payroll))
    write(payroll.before, payroll, payroll.large, 0, 6)
    assert np.isnan(input_of(payroll))
    write(payroll.now, payroll, payroll.large, 6, 2)
    read()
    assert input_of(payroll) == pytest.approx(7 / 12)


def test_what_fewer_than_five_wrote_is_no_input(in_acme, payroll) -> None:
    """The page of a score says the share: with one comment that is what this one says."""

    def of_units() -> list[float]:
        made = inputs.read([TODAY], with_units=True)
        shares = made.unit_raw[:, features.CRISIS.names.index("resist_text_4w")]
        return [float(share) for share in shares if not np.isnan(share)]

    # Four in each of two waves of the same four weeks may be the same four.
    third = wave(TODAY - timedelta(weeks=3), payroll)
    write(third, payroll, payroll.large, 0, 4)
    write(payroll.now, payroll, payroll.large, 4, 0)
    read()
    assert np.isnan(input_of(payroll))
    assert of_units() == []
    write(wave(TODAY - timedelta(days=2), payroll), payroll, payroll.large, 5, 0)
    read()
    assert input_of(payroll) == pytest.approx(10 / 17)
    assert of_units() == [input_of(payroll)]


def test_the_input_reads_only_what_was_known(in_acme, payroll) -> None:
    write(payroll.before, payroll, payroll.large, 5, 5)
    read()
    on = payroll.before.closed_on
    known = input_of(payroll, on)
    assert known == pytest.approx(6 / 14)
    assert np.isnan(input_of(payroll, on - timedelta(days=1)))
    assert np.isnan(input_of(payroll, on + timedelta(days=28)))
    # Later words, and words of that day that came in later, change no earlier day.
    write(payroll.now, payroll, payroll.large, 9, 0)
    third = wave(on - timedelta(days=1), payroll)
    adoption.record_comments(
        third, programme=payroll, texts={payroll.large: [RESISTS] * 9}, known_at=NOW, acting=None
    )
    read()
    assert input_of(payroll, on) == known


def test_what_an_organisation_learns_changes_no_input(in_acme, payroll, cam) -> None:
    """Own words and tags are of today; a score of an earlier day must not know them."""
    write(payroll.now, payroll, payroll.large, 6, 2)
    read()
    before = input_of(payroll)
    comment_records.revise_lexicon(
        comment_records.shipped_words(),
        changes={"resists": "looking forward"},
        version=1,
        acting=cam,
    )
    keys = SurveyComment.objects.values_list("key", flat=True)
    comment_records.tag_comments(dict.fromkeys(keys, "no"), acting=cam)
    read()
    assert row().share == pytest.approx(1 / 12)
    assert input_of(payroll) == before


def test_a_withdrawn_wave_is_no_input(in_acme, payroll) -> None:
    write(payroll.now, payroll, payroll.large, 6, 2)
    read()
    adoption.withdraw_wave(payroll.now, at=NOW, acting=None)
    read()
    assert np.isnan(input_of(payroll))
    assert not CommentPattern.objects.exists()


def test_the_prior_says_the_same_whether_comments_are_known_or_not() -> None:
    from forecasting.choices import Target
    from forecasting.learning import prior

    model = prior.load(Target.CRISIS_4W)
    raw = np.array([[feature.stands_in for feature in features.RAW]] * 2)
    raw[:, features.CRISIS.names.index("resist_text_4w")] = [np.nan, 0.9]
    told = model.probability(raw)
    assert told[0] == told[1]
    low, high = model.band(raw)
    assert (low[0], high[0]) == (low[1], high[1])


# --- words, topics, tone -------------------------------------------------------------------------------------


def test_own_words_are_versions_and_the_shipped_ones_can_be_put_back(
    acme, payroll, cam, dana, client_for, django_capture_on_commit_callbacks
) -> None:
    edit = "/t/acme/forecasts/comments/words/edit/"
    form = {name: "\n".join(words) for name, words in lexicon.SHIPPED.items()}
    browser = client_for(cam)
    own = {**form, "trust": "Gossip \n\ngossip\nGrape  vine", "version": 1}
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(edit, own)
    assert answer.status_code == 303
    with tenant_context(acme.id):
        record = CommentLexicon.objects.get()
        assert (record.version, record.trust) == (2, "gossip\ngrape vine")
        assert Job.objects.filter(slot=f"{services.READ_COMMENTS}:{acme.id}").exists()
    # Somebody who opened the form before is told.
    assert browser.post(edit, {**form, "version": 1}).status_code == 409
    assert client_for(dana).post(edit, {**form, "version": 2}).status_code == 403
    trail = browser.get(reverse("history:record_trail", args=["acme", "LEX-1"]))
    assert trail.status_code == 200
    with tenant_context(acme.id):
        from pmo_portal.history import selectors as history, services as writes

        values = history.values_at(record, 1)
        writes.put_back(record, changes=values, version=1, acting=cam)
        assert CommentLexicon.objects.get().words == lexicon.shipped()


def test_first_words_of_two_people_at_once_do_not_overwrite_each_other(in_acme, cam) -> None:
    comment_records.revise_lexicon(
        comment_records.shipped_words(), changes={"trust": "gossip"}, version=1, acting=cam
    )
    with pytest.raises(EditConflict):
        comment_records.revise_lexicon(
            comment_records.shipped_words(), changes={"trust": "other"}, version=1, acting=cam
        )


@pytest.mark.parametrize("words", ["!!!", "a" * 61, "\n".join(f"word{n}" for n in range(201))])
def test_words_that_are_none_are_refused(acme, cam, client_for, words) -> None:
    answer = client_for(cam).post(
        "/t/acme/forecasts/comments/words/edit/", {"trust": words, "version": 1}
    )
    assert answer.status_code == 422


def test_a_topic_is_named_and_keeps_its_name_when_topics_are_learned_again(
    acme, payroll, cam, client_for
) -> None:
    with tenant_context(acme.id):
        many(payroll)
        read()
        topic = CommentTopic.objects.filter(comments__gt=0).first()
        assert topic is not None
        model = CommentModel.objects.get(way="topics")
        assert model.comments == 400
    edit = f"/t/acme/forecasts/comments/topics/{topic.reference}/edit/"
    form = {"name": "The tills", "is_confirmed": "on", "version": topic.version}
    browser = client_for(cam)
    assert browser.post(edit, form).status_code == 303
    assert browser.post(edit, {**form, "name": "Other"}).status_code == 409
    assert "The tills" in browser.get("/t/acme/forecasts/comments/").content.decode()
    with tenant_context(acme.id):
        CommentModel.objects.all().delete()
        read()
        again = CommentTopic.objects.get(pk=topic.pk)
        assert (again.name, again.is_confirmed, again.terms) == ("The tills", True, topic.terms)


def many(programme) -> None:
    """Four hundred comments about two things."""
    texts = [f"tills queue barcode {n % 7}" for n in range(200)]
    texts += [f"rota shifts weekend {n % 5}" for n in range(200)]
    adoption.record_comments(
        programme.now,
        programme=programme,
        texts={programme.large: texts},
        known_at=NOW,
        acting=None,
    )


def test_a_tone_is_learned_from_tags_and_used_where_it_is_right_more_often(
    in_acme, payroll, cam
) -> None:
    texts = [f"{'meh' if n % 2 else 'neat'} remark {n}" for n in range(220)]
    adoption.record_comments(
        payroll.now, programme=payroll, texts={payroll.large: texts}, known_at=NOW, acting=None
    )
    told = SurveyComment.objects.values_list("key", "text")
    comment_records.tag_comments(
        {key: "yes" if "meh" in text else "no" for key, text in told}, acting=cam
    )
    read()
    model = CommentModel.objects.get(way="tone")
    assert model.is_used
    assert model.right > 0.95 > model.right_by_words
    write(payroll.before, payroll, payroll.large, 0, 0)
    adoption.record_comments(
        wave(TODAY, payroll),
        programme=payroll,
        texts={payroll.large: ["meh"]},
        known_at=NOW,
        acting=None,
    )
    read()
    assert SurveyComment.objects.get(text="meh").resists
    # With as many tags it is not learned again.
    assert CommentModel.objects.filter(way="tone").count() == 1


def test_the_job_reads_learns_and_counts(acme, payroll, day) -> None:
    with tenant_context(acme.id):
        write(payroll.now, payroll, payroll.large, 8, 2)
        job = services.ask_to_read_comments()
        assert job is not None
    day.shift(services.SCORE_DEBOUNCE)
    assert runs.run(acme.id, job.ticket_id) == "done"
    with tenant_context(acme.id):
        assert Job.objects.get(pk=job.pk).result == {"read": 10, "learned": 0, "patterns": 0}
        assert CommentPattern.objects.count() == 16


# --- the pages ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["forecasts/comments/", "p/FHR/comments/"])
def test_pages_without_comments_and_with_odd_ones(acme, payroll, vic, client_for, path) -> None:
    browser = client_for(vic)
    assert "No comments that may be read" in browser.get(f"/t/acme/{path}").content.decode()
    with tenant_context(acme.id):
        adoption.record_comments(
            payroll.now,
            programme=payroll,
            texts={
                payroll.large: [
                    "\N{PILE OF POO}",
                    "<script>alert(1)</script>",
                    "x" * 20_000,
                    "'; --",
                    "% %s",
                ]
            },
            known_at=NOW,
            acting=None,
        )
        read()
    for query in (
        "",
        "?format=csv",
        "?format=xlsx",
        "?theme=trust",
        "?pattern=rose",
        "?of=units",
        "?words=pay",
        "?sort=-share",
        "?sort=odd",
        "?page=9",
    ):
        answer = browser.get(f"/t/acme/{path}{query}")
        assert answer.status_code == 200, query
    part = browser.get(f"/t/acme/{path}", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part


def test_the_page_costs_the_same_for_many_rows(
    acme, vic, client_for, django_assert_max_num_queries
) -> None:
    def queries() -> int:
        browser = client_for(vic)
        with django_assert_max_num_queries(40) as counted:
            assert browser.get("/t/acme/forecasts/comments/").status_code == 200
        return len(counted)

    with tenant_context(acme.id):
        CommentPatternFactory()
        CommentTopicFactory()
    few = queries()
    with tenant_context(acme.id):
        for _n in range(20):
            CommentPatternFactory()
            CommentTopicFactory()
    assert queries() == few


def test_the_way_leads_from_where_a_reader_looks(acme, payroll, vic, client_for) -> None:
    with tenant_context(acme.id):
        write(payroll.before, payroll, payroll.large, 1, 9)
        write(payroll.now, payroll, payroll.large, 8, 2)
        read()
    browser = client_for(vic)
    for path in ("p/FHR/resistance/", "units/PAY/", "p/FHR/forecast/"):
        assert "/t/acme/p/FHR/comments/" in browser.get(f"/t/acme/{path}").content.decode(), path
    assert "It rose" in browser.get("/t/acme/p/FHR/resistance/").content.decode()


def test_tags_are_saved_and_audited(acme, payroll, cam, client_for) -> None:
    with tenant_context(acme.id):
        TenantSettings.objects.update(comment_quotes="change")
        write(payroll.now, payroll, payroll.large, 2, 0)
        keys = list(SurveyComment.objects.values_list("key", flat=True))
    form = {f"tag-{keys[0]}": "yes", f"tag-{keys[1]}": "", "tag-odd": "yes"}
    here = "/t/acme/forecasts/comments/tag/"
    assert client_for(cam).post(here, form).status_code == 303
    with tenant_context(acme.id):
        tag = CommentTag.objects.get()
        event = CommentTag.pgh_event_model.objects.get(pgh_obj_id=tag.pk)
        assert event.pgh_context["user"] == cam.user.pk
    page = client_for(cam).get(f"{here}?again=1").content.decode()
    assert str(keys[0]) in page
    assert str(keys[1]) not in page
