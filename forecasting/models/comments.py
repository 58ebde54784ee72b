"""What comments are read with, and what was read in them: by theme, unit and four weeks."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from adoption.models import SurveyComment
from pmo_portal.common.levels import State
from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Record
from pmo_portal.tenants.models import BusinessUnit, TenantModel
from programmes.models import Programme

from ..choices import CommentTheme, CommentWay
from ..learning.comments import lexicon


@tracked()
class CommentLexicon(Record):
    """An organisation's own words for each theme, one entry a line; without it the shipped ones are read with."""

    number = models.PositiveIntegerField(default=1, editable=False)
    workload = models.TextField(_("workload"), blank=True)
    communication = models.TextField(_("communication"), blank=True)
    trust = models.TextField(_("trust"), blank=True)
    usability = models.TextField(_("usability"), blank=True)
    skills = models.TextField(_("skills"), blank=True)
    leadership = models.TextField(_("leadership"), blank=True)
    job_security = models.TextField(_("job security"), blank=True)
    resists = models.TextField(_("words of resistance"), blank=True)

    reference_prefix = "LEX"
    edited_fields = (*lexicon.THEMES, lexicon.RESISTS)
    change_action = "forecasting.lexicon_change"

    class Meta:
        verbose_name = _("words for comments")
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="commentlexicon_once"),
        ]

    def __str__(self) -> str:
        return str(_("Words for comments"))

    @property
    def words(self) -> lexicon.Lexicon:
        return lexicon.Lexicon.of(
            {name: getattr(self, name).splitlines() for name in self.edited_fields}
        )

    def get_absolute_url(self) -> str:
        return reverse("forecasting:lexicon_detail", kwargs={"tenant": self.tenant.slug})


@tracked()
class CommentTopic(Record):
    """Words that come together in comments. Found by arithmetic; a person says what it is about."""

    number = models.PositiveIntegerField(editable=False)
    # Its row among the topics that were learned last; empty once they have no topic like it.
    place = models.PositiveSmallIntegerField(null=True, editable=False)
    terms = models.JSONField(default=list, editable=False)
    comments = models.PositiveIntegerField(_("comments"), default=0, editable=False)
    name = models.CharField(
        _("name"),
        max_length=80,
        blank=True,
        help_text=_("What these comments are about, in a few words. Empty: its heaviest words."),
    )
    is_confirmed = models.BooleanField(
        _("it is one subject"),
        default=False,
        help_text=_("Somebody has looked at it and found that these words belong together."),
    )

    reference_prefix = "TOP"
    edited_fields = ("name", "is_confirmed")
    change_action = "forecasting.topic_change"

    class Meta:
        verbose_name = _("topic of comments")
        ordering = ("-comments", "number")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="commenttopic_number_once"),
        ]

    def __str__(self) -> str:
        return self.name or ", ".join(self.terms[:3])

    @property
    def state(self) -> State:
        return State.OK if self.is_confirmed else State.NONE

    def get_absolute_url(self) -> str:
        return reverse(
            "forecasting:topic_detail",
            kwargs={"tenant": self.tenant.slug, "reference": self.reference},
        )


@tracked()
class CommentTag(TenantModel):
    """What somebody of the adoption function found: a comment resists, or does not."""

    comment = models.ForeignKey(
        SurveyComment,
        on_delete=models.CASCADE,
        related_name="tags",
        related_query_name="tag",
        db_index=False,
    )
    resists = models.BooleanField(_("resists"))

    class Meta:
        verbose_name = _("tag of a comment")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "comment"], name="commenttag_once"),
        ]

    def __str__(self) -> str:
        return str(_("resists") if self.resists else _("does not resist"))


class CommentModel(TenantModel):
    """What was learned from comments, as plain numbers that never leave the tenant; the latest of a way counts."""

    way = models.CharField(max_length=10, choices=CommentWay.choices)
    learned_at = models.DateTimeField()
    # How many comments (of a tone: tagged ones) it was learned from.
    comments = models.PositiveIntegerField()
    # Of a tone: how often it and the words were right about comments it was not learned from.
    right = models.FloatField(null=True)
    right_by_words = models.FloatField(null=True)
    is_used = models.BooleanField(default=True)
    digest = models.CharField(max_length=12)
    numbers = models.JSONField(default=dict)

    class Meta:
        ordering = ("-learned_at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_way_display()}, {self.comments}"


class CommentPattern(TenantModel):
    """The share of comments on a theme in a unit, or in a programme where `unit` is empty, as of the last reading.

    Made of units in which enough people answered, and of nothing else. Written anew at each reading.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(BusinessUnit, on_delete=models.CASCADE, null=True, related_name="+")
    theme = models.CharField(_("theme"), max_length=20, choices=CommentTheme.choices)
    as_of = models.DateField()
    # Comments of the last four weeks; empty, as are share and chance, where fewer than five people wrote: the order
    # of a list would tell them as well.
    written = models.PositiveIntegerField(null=True)
    # See `learning.comments.patterns`.
    share = models.FloatField(null=True)
    rose = models.FloatField(null=True)
    is_alert = models.BooleanField(default=False)
    # The share of each four weeks, the oldest first; empty where fewer than five comments came.
    shares = models.JSONField(default=list)

    class Meta:
        ordering = ("-is_alert", "-share", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "programme", "unit", "theme"],
                nulls_distinct=False,
                name="commentpattern_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}/{self.unit_id or ''}: {self.theme}"
