"""What the register of forecasts can be narrowed by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adoption.forms.records import unit_filter
from pmo_portal.common.editing import Refusing
from pmo_portal.history.forms import RecordForm
from programmes.choices import Half, RaidCategory, RaidKind, RaidSide
from programmes.forms.fields import MoneyField

from .choices import (
    FIRST_WAVE,
    FIRST_WAVES,
    LIKELY_MISSED,
    LIKELY_SHORT,
    CommentTheme,
    Direction,
    RiskLevel,
    Stage,
    Touch,
)
from .learning.lexicon import LONGEST_ENTRY, MOST_ENTRIES, stems
from .models import (
    AdoptionShortfall,
    CommentLexicon,
    CommentPattern,
    CommentTopic,
    MilestoneOutlook,
    RaidOutcome,
    RaidScore,
    RiskOutcome,
    RiskScore,
    SharingChoice,
)


def level_filter() -> django_filters.ChoiceFilter:
    """Rows by their level, of what always has one."""
    return django_filters.ChoiceFilter(
        label=gettext_lazy("Level"),
        choices=[each for each in RiskLevel.choices if each[0] != RiskLevel.UNKNOWN],
        empty_label=gettext_lazy("All"),
    )


def trend_filter() -> django_filters.ChoiceFilter:
    """Rows by where their chance has been going."""
    return django_filters.ChoiceFilter(
        label=gettext_lazy("Trend"),
        field_name="direction",
        choices=Direction.choices,
        empty_label=gettext_lazy("All"),
    )


class ScoreFilter(django_filters.FilterSet):
    of = django_filters.ChoiceFilter(
        label=gettext_lazy("Of"),
        method="by_subject",
        choices=(
            ("programmes", gettext_lazy("Whole programmes")),
            ("units", gettext_lazy("Single units")),
        ),
        empty_label=gettext_lazy("Both"),
    )
    level = level_filter()
    direction = trend_filter()
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in programme or unit"), method="by_words"
    )

    class Meta:
        model = RiskScore
        fields = ()

    def by_subject(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(unit__isnull=value == "programmes")

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(programme__name__icontains=value)
            | Q(programme__code__icontains=value)
            | Q(unit__name__icontains=value)
        )


class UnitScoreFilter(django_filters.FilterSet):
    unit = unit_filter()
    level = level_filter()
    direction = trend_filter()
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in unit or programme"), method="by_words"
    )

    class Meta:
        model = RiskScore
        fields = ()

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(unit__name__icontains=value)
            | Q(unit__code__icontains=value)
            | Q(programme__name__icontains=value)
            | Q(programme__code__icontains=value)
        )


class RaidScoreFilter(django_filters.FilterSet):
    level = level_filter()
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("Type"),
        field_name="item__kind",
        choices=RaidKind.choices,
        empty_label=gettext_lazy("All"),
    )
    category = django_filters.ChoiceFilter(
        label=gettext_lazy("Category"),
        field_name="item__category",
        choices=RaidCategory.choices,
        empty_label=gettext_lazy("All"),
    )
    side = django_filters.ChoiceFilter(
        label=gettext_lazy("Side"),
        field_name="item__side",
        choices=RaidSide.choices,
        empty_label=gettext_lazy("Both"),
    )
    direction = trend_filter()
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in item or programme"), method="by_words"
    )

    class Meta:
        model = RaidScore
        fields = ()

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(item__title__icontains=value)
            | Q(item__programme__name__icontains=value)
            | Q(item__programme__code__icontains=value)
        )


class OutlookFilter(django_filters.FilterSet):
    track = django_filters.ChoiceFilter(
        label=gettext_lazy("Track"),
        field_name="milestone__track",
        choices=Half.choices,
        empty_label=gettext_lazy("Both"),
    )
    golive = django_filters.ChoiceFilter(
        label=gettext_lazy("Go-live"),
        field_name="milestone__is_golive",
        choices=(("True", gettext_lazy("Go-lives")), ("False", gettext_lazy("Others"))),
        empty_label=gettext_lazy("All"),
    )
    likely = django_filters.ChoiceFilter(
        label=gettext_lazy("Likely to"),
        choices=(("miss", gettext_lazy("Miss")), ("keep", gettext_lazy("Keep"))),
        empty_label=gettext_lazy("Either"),
        method="by_chance",
    )
    direction = trend_filter()
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in milestone or programme"), method="by_words"
    )

    class Meta:
        model = MilestoneOutlook
        fields = ()

    def by_chance(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        if value == "miss":
            return queryset.filter(missed__gte=LIKELY_MISSED)
        return queryset.filter(missed__lt=LIKELY_MISSED)

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(milestone__name__icontains=value)
            | Q(milestone__programme__name__icontains=value)
            | Q(milestone__programme__code__icontains=value)
        )


class ReadinessFilter(django_filters.FilterSet):
    level = django_filters.ChoiceFilter(
        label=gettext_lazy("Level"), choices=RiskLevel.choices, empty_label=gettext_lazy("All")
    )
    likely = django_filters.ChoiceFilter(
        label=gettext_lazy("Likely"),
        choices=(
            ("short", gettext_lazy("Not to be ready")),
            ("ready", gettext_lazy("To be ready")),
        ),
        empty_label=gettext_lazy("Either"),
        method="by_chance",
    )
    unknown = django_filters.ChoiceFilter(
        label=gettext_lazy("Not known"),
        choices=(
            ("training", gettext_lazy("Training")),
            ("engagement", gettext_lazy("Engagement")),
        ),
        empty_label=gettext_lazy("Any"),
        method="by_unknown",
    )
    direction = trend_filter()
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in unit, go-live or programme"), method="by_words"
    )

    class Meta:
        model = AdoptionShortfall
        fields = ()

    def by_chance(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        """Only units of which both parts are known are likely to be ready."""
        if value == "short":
            return queryset.filter(chance__gte=LIKELY_SHORT)
        return queryset.filter(
            chance__lt=LIKELY_SHORT, training__isnull=False, engagement__isnull=False
        )

    def by_unknown(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(**{f"{value}__isnull": True})

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(unit__name__icontains=value)
            | Q(milestone__name__icontains=value)
            | Q(milestone__programme__name__icontains=value)
            | Q(milestone__programme__code__icontains=value)
        )


class OutcomeFilter(django_filters.FilterSet):
    happened = django_filters.ChoiceFilter(
        label=gettext_lazy("What came"),
        choices=(("True", gettext_lazy("A crisis")), ("False", gettext_lazy("No crisis"))),
        empty_label=gettext_lazy("Both"),
    )
    stage = django_filters.ChoiceFilter(
        label=gettext_lazy("Told by"), choices=Stage.choices, empty_label=gettext_lazy("All")
    )
    touch = django_filters.ChoiceFilter(
        label=gettext_lazy("What people did"),
        choices=Touch.choices,
        empty_label=gettext_lazy("All"),
    )
    words = django_filters.CharFilter(label=gettext_lazy("Words in programme"), method="by_words")

    class Meta:
        model = RiskOutcome
        fields = ()

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(programme__name__icontains=value) | Q(programme__code__icontains=value)
        )


class RaidOutcomeFilter(django_filters.FilterSet):
    happened = django_filters.ChoiceFilter(
        label=gettext_lazy("What came"),
        choices=(("True", gettext_lazy("Escalated")), ("False", gettext_lazy("Did not escalate"))),
        empty_label=gettext_lazy("Both"),
    )
    stage = django_filters.ChoiceFilter(
        label=gettext_lazy("Told by"), choices=Stage.choices, empty_label=gettext_lazy("All")
    )
    words = django_filters.CharFilter(
        label=gettext_lazy("Words in item or programme"), method="by_words"
    )

    class Meta:
        model = RaidOutcome
        fields = ()

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(item__title__icontains=value)
            | Q(item__programme__name__icontains=value)
            | Q(item__programme__code__icontains=value)
        )


def _say_anew(form: forms.BaseForm, name: str, value: Any) -> None:
    """Put another value into a field of a form that was sent, as the page around it tells it now. What else was typed stays."""
    sent = {each: form.data[each] for each in form.data}
    form.data = {**sent, form.add_prefix(name): value}


class ChallengerForm(Refusing, forms.Form):
    """A person's word on a challenger, with what was in use when they looked."""

    beside = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody reads it on the card of the forecast, with your name."),
    )

    def look_again(self, beside: str) -> None:
        """After a refusal, ask about what is in use now, as the page around the form tells it. What was typed stays."""
        _say_anew(self, "beside", beside)


class WhatIfForm(forms.Form):
    """What a delay and a crisis cost, for whoever knows better than an average of the plan, and who goes live first.

    What nobody asked is as usual, and so is what was refused. A cost that was refused stays as it was typed; a list
    can only show a share it has, so it shows the one that was computed with.
    """

    first = forms.ChoiceField(
        label=gettext_lazy("Two waves: people in the first"),
        choices=[(each, f"{each}%") for each in FIRST_WAVES],
        required=False,
        help_text=gettext_lazy("They go live as planned, the others later."),
        error_messages={
            "invalid_choice": gettext_lazy("Choose 10, 20 and so on up to 90 percent.")
        },
    )
    week = MoneyField(
        label=gettext_lazy("A week of delay costs"),
        required=False,
        help_text=gettext_lazy("At first: the budget over the weeks of the plan."),
    )
    crisis = MoneyField(
        label=gettext_lazy("A crisis costs"),
        required=False,
        help_text=gettext_lazy("At first: 5% of the budget, assumed."),
    )

    def __init__(self, asked: Mapping[str, str], *, usual: Mapping[str, Any]) -> None:
        """
        Args:
            asked: what stands in the address; any of the fields, or none.
            usual: a value of every field, costs in minor units.
        """
        told = {
            name: asked[name] if name in asked else field.prepare_value(usual[name])
            for name, field in self.base_fields.items()
        }
        super().__init__(told if set(told) & set(asked) else None, initial=dict(usual))

    @property
    def values(self) -> dict[str, Any]:
        """What to compute with; costs in minor units, None where nobody knows."""
        self.full_clean()
        known: dict[str, Any] = getattr(self, "cleaned_data", {})
        return {**self.initial, **known}

    def clean_first(self) -> int:
        return int(self.cleaned_data["first"] or FIRST_WAVE)

    def clean(self) -> None:
        if "first" in self.errors:
            _say_anew(self, "first", self.initial["first"])


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


class SharingForm(RecordForm):
    """What is given and taken. It carries the fingerprint of the text that was shown with it."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    class Meta:
        model = SharingChoice
        fields = SharingChoice.edited_fields

    def __init__(self, *args: Any, has_text: bool, **kwargs: Any) -> None:
        """`has_text`: whether there is anything to give."""
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            # The first save makes version 1, which this form was opened with.
            self.fields["version"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=1, min_value=1
            )
        if not has_text and not self.instance.gives:
            self.fields["gives"].disabled = True

    def show(self, fingerprint: str) -> None:
        """Say which text is shown with the form from now on, also where it comes back with a refusal."""
        self.fields["seen"].initial = fingerprint
        if self.is_bound:
            _say_anew(self, "seen", fingerprint)


class TopicForm(RecordForm):
    class Meta:
        model = CommentTopic
        fields = CommentTopic.edited_fields


class TagForm(forms.Form):
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
