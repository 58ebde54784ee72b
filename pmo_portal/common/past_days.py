"""The day a page speaks of, as its address asks: today, or one that is past."""

from __future__ import annotations

from datetime import date

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from .days import day_text
from .editing import Refusing
from .fields import date_input


class AsOfForm(Refusing, forms.Form):
    """The day a page speaks of; nothing, nonsense and the future mean today, and the page says so."""

    as_of = forms.DateField(
        label=_("As of"),
        required=False,
        widget=date_input(),
    )


def day_asked_for(data: QueryDict, *, today: date) -> date:
    form = AsOfForm(data)
    form.is_valid()
    wanted = form.cleaned_data.get("as_of")
    return min(wanted, today) if wanted else today


def day_notice(data: QueryDict, *, today: date) -> str:
    """Why the page shows today although another day was asked for; empty where it shows what was asked."""
    form = AsOfForm(data)
    if not form.is_valid():
        return _("“%(text)s” is not a day that can be shown. Showing today instead.") % {
            "text": data["as_of"][:40]
        }
    wanted = form.cleaned_data.get("as_of")
    if wanted is not None and wanted > today:
        return _("%(day)s has not come yet. This is today.") % {"day": day_text(wanted)}
    return ""
