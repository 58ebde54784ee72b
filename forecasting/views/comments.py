"""What comments say, and what they are read with: words, topics, tags."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can
from pmo_portal.common import clock
from pmo_portal.common.registers import Register, export_format, export_response, register_page
from pmo_portal.common.rendering import done, show
from pmo_portal.history.frame import history_url, saved, status_of, with_record
from pmo_portal.tenants.selectors import thresholds

from ..comments import records as comment_records, selectors, words as comment_words
from ..crises import forecast
from ..forms import CommentFilter, LexiconForm, TagForm, TopicForm
from ..learning.comments import lexicon, patterns
from ..models import CommentTopic
from ..tables.comments import COMMENTS, COMMENTS_OF_ALL

ALERTS_NAMED = 6
_FIELD = "tag-"


@require_safe
@programme_view("forecasting.comment_view")
def comment_programme(request: TenantRequest) -> HttpResponse:
    """What is written about a programme, by theme and unit."""
    return _list(request, COMMENTS, request.programme)


@require_safe
@tenant_view("forecasting.comment_view")
def comment_list(request: TenantRequest) -> HttpResponse:
    """What is written about every programme the member sees."""
    return _list(request, COMMENTS_OF_ALL, None)


def _list(request: TenantRequest, register: Register, programme: Any) -> HttpResponse:
    rows = selectors.patterns_for(request.member, programme)
    present = comment_words.ToldPattern
    if export_format(request):
        return export_response(request, register, rows, filters=CommentFilter, present=present)
    today, counts = clock.today(), selectors.counts_in(rows)
    resisting = selectors.resisting_in(programme) if programme else None
    alerts = selectors.alerts_in(rows, ALERTS_NAMED) if counts["alerts"] else []
    is_open = bool(programme) and selectors.may_read_words(request.member)
    context: dict[str, Any] = {
        "register": register_page(request, register, rows, filters=CommentFilter, present=present),
        "of": programme,
        "show_programmes": programme is None,
        "finding": comment_words.comments_finding(counts["alerts"], counts["programmes"]),
        "told": [present(each) for each in alerts],
        "figure": comment_words.figure(resisting),
        "windows": comment_words.windows_of(resisting) if resisting else [],
        "topics": list(selectors.topics()),
        "quotes": selectors.quotes(request.member, programme, today) if is_open else [],
        "kc": thresholds().comments_k,
        "fewest": patterns.FEWEST_PEOPLE,
        "is_late": counts["as_of"] is not None
        and (today - counts["as_of"]).days > forecast.FRESH_DAYS,
        "may_tag": can(request.member, "forecasting.comment_tag"),
        **counts,
        **_how(request),
    }
    return show(request, "forecasting/comment_list.html", "register", context)


def _how(request: TenantRequest) -> dict[str, Any]:
    """What whether a comment resists is read with."""
    return {
        "tone": selectors.tone_in_use(),
        "has_own_words": selectors.lexicon_in_use().pk is not None,
        **selectors.tag_counts(),
    }


# --- the words ------------------------------------------------------------------------------------------------


@require_safe
@tenant_view("forecasting.comment_view")
def lexicon_detail(request: TenantRequest) -> HttpResponse:
    """The words comments are read with."""
    record = selectors.lexicon_in_use()
    fields: list[Any] = [record._meta.get_field(name) for name in record.edited_fields]
    context = {
        "record": record,
        "themes": [
            (field.verbose_name, getattr(record, field.name).splitlines()) for field in fields
        ],
        "may_change": can(request.member, "forecasting.lexicon_change", record),
        "history_url": history_url(request, record) if record.pk else "",
        "list_url": _list_url(request),
    }
    return show(request, "forecasting/lexicon_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("forecasting.lexicon_change")
def lexicon_edit(request: TenantRequest) -> HttpResponse:
    record = selectors.lexicon_in_use()
    form = LexiconForm(request.POST or None, instance=record)
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: comment_records.revise_lexicon(
                record,
                changes=form.changes,
                version=form.opened_version,
                acting=request.member,
            ),
            message=_("Saved. Comments will be read again with these words in a moment."),
        )
        if answer is not None:
            return answer
    back = reverse("forecasting:lexicon_detail", kwargs={"tenant": request.tenant.slug})
    context = {"form": form, "cancel_url": back, "list_url": _list_url(request)}
    return show(request, "forecasting/lexicon_edit.html", "", context, status=status_of(request))


# --- topics ---------------------------------------------------------------------------------------------------


@require_safe
@tenant_view("forecasting.comment_view")
@with_record(selectors.topic_by_number, CommentTopic.reference_prefix)
def topic_detail(request: TenantRequest, topic: CommentTopic) -> HttpResponse:
    context = {
        "record": topic,
        "may_change": can(request.member, "forecasting.topic_change", topic),
        "history_url": history_url(request, topic),
        "list_url": _list_url(request),
    }
    return show(request, "forecasting/topic_detail.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("forecasting.topic_change")
@with_record(selectors.topic_by_number, CommentTopic.reference_prefix)
def topic_edit(request: TenantRequest, topic: CommentTopic) -> HttpResponse:
    form = TopicForm(request.POST or None, instance=topic)
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: comment_records.revise_topic(
                topic, changes=form.changes, version=form.opened_version, acting=request.member
            ),
            message=_("Saved."),
        )
        if answer is not None:
            return answer
    context = {
        "form": form,
        "record": topic,
        "cancel_url": topic.get_absolute_url(),
        "list_url": _list_url(request),
    }
    return show(request, "forecasting/topic_edit.html", "", context, status=status_of(request))


# --- tags -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view("forecasting.comment_tag")
def comment_tag(request: TenantRequest) -> HttpResponse:
    """Some comments, shuffled and without names: which of them resist?"""
    again = request.GET.get("again") == "1"
    is_open = selectors.may_read_words(request.member)
    here = reverse("forecasting:comment_tag", kwargs={"tenant": request.tenant.slug})
    if request.method == "POST":
        # Also of what was opened before the organisation closed it: the answers were given.
        count = comment_records.tag_comments(_answers(request), acting=request.member)
        message = ngettext("One comment is tagged.", "%(count)s comments are tagged.", count)
        return done(
            request,
            to=f"{here}?again=1" if again else here,
            message=message % {"count": count} if count else _("Nothing was tagged."),
        )
    comments = selectors.to_tag(request.member, clock.today(), again=again) if is_open else []
    context = {
        "form": TagForm({f"{_FIELD}{key}": text for key, text in comments}),
        "is_open": is_open,
        "again": again,
        "fewest_tags": lexicon.FEWEST_TAGS,
        "list_url": _list_url(request),
        **_how(request),
    }
    return show(request, "forecasting/comment_tag.html", "", context)


def _answers(request: TenantRequest) -> dict[UUID, str]:
    """What was answered, by the keys of comments; anything else in the form is dropped."""
    found = {}
    for name, value in request.POST.items():
        if name.startswith(_FIELD):
            try:
                found[UUID(name.removeprefix(_FIELD))] = str(value)
            except ValueError:
                continue
    return found


def _list_url(request: TenantRequest) -> str:
    return reverse("forecasting:comment_list", kwargs={"tenant": request.tenant.slug})
