"""What people wrote, pasted in by whoever closed the survey."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.common.editing import Refusing
from pmo_portal.tenants.models import BusinessUnit
from programmes.models import Programme

from ..models import SurveyWave
from .records import UnitChoice

MOST_AT_ONCE = 2000


class WaveCommentsForm(Refusing, forms.Form):
    """The comments of one unit about one programme, one on each line."""

    programme: Any = forms.ModelChoiceField(
        label=gettext_lazy("Programme they are about"), queryset=Programme.objects.none()
    )
    unit = UnitChoice(label=gettext_lazy("Unit"), queryset=BusinessUnit.objects.none())
    texts = forms.CharField(
        label=gettext_lazy("Comments"),
        help_text=gettext_lazy("One comment on each line, in any order. They cannot be changed later."),
        widget=forms.Textarea(attrs={"rows": 12}),
    )  # fmt: skip

    def __init__(self, *args: Any, wave: SurveyWave, programmes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        if wave.programme is not None:
            del fields["programme"]
        else:
            fields["programme"].queryset = programmes
        fields["unit"].queryset = (
            BusinessUnit.objects.filter(pk__in=wave.results.values("unit"))
            .select_related("parent")
            .order_by("path")
        )

    def clean_texts(self) -> list[str]:
        texts = [line.strip() for line in self.cleaned_data["texts"].splitlines() if line.strip()]
        if len(texts) > MOST_AT_ONCE:
            raise ValidationError(_("At most %(most)s comments at once.") % {"most": MOST_AT_ONCE})
        return texts
