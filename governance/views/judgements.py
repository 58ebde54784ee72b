"""Judgements given blind: the register of rounds, one round, and one's own word."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, programme_view, tenant_view
from pmo_portal.accounts.permissions import can, require
from pmo_portal.common import clock
from pmo_portal.common.registers import export_format, export_response, register_page
from pmo_portal.common.rendering import drawn_panels, show
from pmo_portal.history.frame import history_url, pressed, saved, status_of, with_record
from pmo_portal.history.views import offer_undo

from .. import selectors, services
from ..choices import Judge
from ..forms import JudgementFilter, JudgementForm, JudgementOfAllFilter, RoundForm
from ..models import Judgement, JudgementRound
from ..tables import ROUNDS, ROUNDS_OF_ALL
from .parts import address

find = selectors.round_by_number
readable = with_record(find, "JR")


@require_safe
@programme_view("governance.judgement_view")
def judgement_list(request: TenantRequest) -> HttpResponse:
    return _list(
        request, ROUNDS, JudgementFilter, "governance/judgement_list.html", request.programme
    )


@require_safe
@tenant_view("governance.judgement_view")
def judgement_all(request: TenantRequest) -> HttpResponse:
    return _list(
        request, ROUNDS_OF_ALL, JudgementOfAllFilter, "governance/judgement_all.html", None
    )


def _list(
    request: TenantRequest, register: Any, filters: Any, template: str, programme: Any
) -> HttpResponse:
    rounds: Any = selectors.rounds_for(request.member, programme, clock.today())
    if export_format(request):
        return export_response(request, register, rounds, filters=filters)
    last = list(rounds.filter(is_shown=True).order_by("-asked_on", "-number")[:1])
    context = {
        "register": register_page(request, register, rounds, filters=filters),
        "last": last[0] if last else None,
        "asked": rounds.count(),
        "open": rounds.filter(is_shown=False).count(),
        "may_ask": programme is not None
        and can(request.member, "governance.judgement_ask", programme),
        "today": clock.today(),
    }
    return show(request, template, "register", context)


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.judgement_ask")
def judgement_create(request: TenantRequest) -> HttpResponse:
    """Ask all three, until a last day."""
    programme = request.programme
    form = RoundForm(request.POST or None, instance=JudgementRound(programme=programme))
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.ask_for_judgements(
                programme,
                closes_on=form.cleaned_data["closes_on"],
                on=clock.today(),
                acting=request.member,
            ),
            message=_("All three are asked."),
        )
        if answer is not None:
            return answer
    context = {"form": form, "cancel_url": address(request, "judgement_list")}
    return show(request, "governance/judgement_edit.html", "", context, status=status_of(request))


@require_safe
@programme_view("governance.judgement_view")
@readable
def judgement_detail(request: TenantRequest, asked: JudgementRound) -> HttpResponse:
    """Who has spoken; once it is shown, what all three said, and how far apart they are."""
    today = clock.today()
    own = tuple(voice for voice in Judge.values if _may_give(request, asked, voice))
    heard = selectors.heard(asked, today, own=own)
    spoken = sum(each.has_spoken for each in heard)
    is_shown = asked.closes_on < today or spoken == len(heard)
    levels = [each.judgement.level for each in heard if is_shown and each.judgement]
    context = {
        "record": asked,
        "heard": [{"of": each, "may_give": not is_shown and each.voice in own} for each in heard],
        "spoken": spoken,
        "is_shown": is_shown,
        "gap": max(levels) - min(levels) if len(levels) > 1 else None,
        "missing": [str(each.voice.label).lower() for each in heard if not each.has_spoken],
        "panels": drawn_panels("governance.judgement", request, asked) if is_shown else [],
        "may_remove": can(request.member, "governance.judgement_ask", asked),
        "history_url": history_url(request, asked),
        "as_of": min(today, asked.closes_on),
    }
    return show(request, "governance/judgement_detail.html", "", context)


def _may_give(request: TenantRequest, asked: JudgementRound, voice: str) -> bool:
    wanted = Judgement(round=asked, voice=voice)
    return bool(can(request.member, "governance.judgement_give", wanted))


def _what_follows(asked: JudgementRound, today: date) -> str:
    """What a word that was just kept leads to: the last of the three shows them all."""
    if all(each.has_spoken for each in selectors.heard(asked, today)):
        return _("Saved. All three have answered: the answers are shown now.")
    return _("Saved. The others see it when all three have answered.")


@require_http_methods(["GET", "HEAD", "POST"])
@programme_view("governance.judgement_view")
@readable
def judgement_give(request: TenantRequest, asked: JudgementRound, voice: str) -> HttpResponse:
    """One's own word, without seeing the others."""
    if voice not in Judge.values:
        raise Http404
    require(request.member, "governance.judgement_give", Judgement(round=asked, voice=voice))
    today = clock.today()
    heard = selectors.heard(asked, today, own=(voice,))
    if asked.closes_on < today or all(each.has_spoken for each in heard):
        return redirect(asked)
    mine = next(each.judgement for each in heard if each.voice == voice)
    form = JudgementForm(request.POST or None, instance=mine or Judgement(round=asked, voice=voice))
    if request.method == "POST" and form.is_valid():
        answer = saved(
            request,
            form,
            lambda: services.judge(
                asked,
                voice=voice,
                level=form.cleaned_data["level"],
                sentence=form.cleaned_data["sentence"],
                on=clock.today(),
                version=form.opened_version,
                acting=request.member,
            ),
            message=lambda _kept: _what_follows(asked, today),
            to=asked,
            cancel_url=asked.get_absolute_url(),
        )
        if answer is not None:
            return answer
    context = {
        "form": form,
        "record": asked,
        "voice": Judge(voice),
        "cancel_url": asked.get_absolute_url(),
    }
    return show(request, "governance/judgement_give.html", "", context, status=status_of(request))


@require_POST
@programme_view("governance.judgement_view")
@with_record(find, "JR", "governance.judgement_ask")
def judgement_remove(request: TenantRequest, asked: JudgementRound) -> HttpResponse:
    answer = pressed(
        request,
        asked,
        lambda: services.remove_round(asked, at=clock.now(), acting=request.member),
        message="",
        to=address(request, "judgement_list"),
    )
    if asked.deleted_at is not None:
        offer_undo(request, asked, _("%(item)s is removed.") % {"item": asked.reference})
    return answer
