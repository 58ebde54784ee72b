"""What people wrote: filters, the lexicon, topics and tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from pmo_portal.common.editing import Refusing
from pmo_portal.history.forms import RecordForm

from ..choices import CommentTheme
from ..learning.comments.lexicon import LONGEST_ENTRY, MOST_ENTRIES, stems
from ..models import CommentLexicon, CommentPattern, CommentTopic


class CommentFilter(django_filters.FilterSet):
    theme = django_filters.ChoiceFilter(
        label=gettext_lazy("Theme"), choices=CommentTheme.choices, empty_label=gettext_lazy("All")
    )
    of = django_filters.ChoiceFilter(
        label=gettext_lazy("Of"),
        choices=(
            ("programmes", gettext_lazy("All units together")),
            ("units", gettext_lazy("Single units")),
        ),
        empty_label=gettext_lazy("Both"),
        method="by_kind",
    )
    pattern = django_filters.ChoiceFilter(
        label=gettext_lazy("Pattern"),
        choices=(("rose", gettext_lazy("It rose")),),
        empty_label=gettext_lazy("All"),
        method="by_pattern",
    )
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in unit or programme"), method="by_words"
    )

    class Meta:
        model = CommentPattern
        fields = ()

    def by_kind(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(unit__isnull=value == "programmes")

    def by_pattern(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(is_alert=True)

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(unit__name__icontains=value)
            | Q(programme__name__icontains=value)
            | Q(programme__code__icontains=value)
        )


class LexiconForm(RecordForm):
    """Words by theme, one entry a line. At first the shipped ones."""

    class Meta:
        model = CommentLexicon
        fields = CommentLexicon.edited_fields
        widgets: ClassVar = dict.fromkeys(
            CommentLexicon.edited_fields, forms.Textarea(attrs={"rows": 6})
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            # The first save makes version 1 of the shipped words, which this form was opened with.
            self.fields["version"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=1, min_value=1
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in self._meta.fields or ():
            entries = [
                " ".join(line.lower().split()) for line in cleaned.get(name, "").splitlines()
            ]
            kept = list(dict.fromkeys(entry for entry in entries if entry))
            odd = [each for each in kept if len(each) > LONGEST_ENTRY or not stems(each)]
            if odd:
                self.add_error(
                    name, _("Not a word or a few words: %(entry)s") % {"entry": odd[0][:40]}
                )
            if len(kept) > MOST_ENTRIES:
                self.add_error(name, _("At most %(most)s entries.") % {"most": MOST_ENTRIES})
            cleaned[name] = "\n".join(kept)
        return cleaned


class TopicForm(RecordForm):
    class Meta:
        model = CommentTopic
        fields = CommentTopic.edited_fields


class TagForm(Refusing, forms.Form):
    """Does each of these comments resist? Leaving one out is an answer too."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__()
        for name, text in texts.items():
            self.fields[name] = forms.ChoiceField(
                label=text,
                choices=(("yes", _("It resists")), ("no", _("It does not"))),
                widget=forms.RadioSelect,
                required=False,
            )
