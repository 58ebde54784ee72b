"""What a person arranges for their own work."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.about import about
from pmo_portal.common.tracking import tracked
from pmo_portal.history.models import Record


@tracked()
class SavedView(Record):
    """The filters and the order of a register under a name; on pages of a programme it serves each of them.

    `page` is the name of the address, `query` what stands behind its question mark.
    """

    number = models.PositiveIntegerField(editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", editable=False
    )
    name = models.CharField(_("name"), max_length=80)
    page = models.CharField(max_length=80, editable=False)
    query = models.CharField(max_length=1000, blank=True, editable=False)
    # The filters in the words of the register on the day it was saved.
    summary = models.CharField(max_length=400, blank=True, editable=False)
    is_shared = models.BooleanField(_("for everybody in the organisation"), default=False)

    reference_prefix = "SV"
    change_action = "desk.view_change"
    edited_fields = ("name", "is_shared")

    class Meta:
        verbose_name = _("saved view")
        ordering = ("name", "number")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="savedview_number_once"),
            models.UniqueConstraint(
                fields=["tenant", "owner", "page", "name"],
                condition=models.Q(deleted_at__isnull=True),
                name="savedview_name_once",
                violation_error_code=about("name"),
                violation_error_message=_("You have a view of this name on that page already."),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "page", "name"], name="savedview_of_page")]

    def __str__(self) -> str:
        return self.name

    def address(self, **place: str) -> str:
        """Where it opens; empty where its page needs a programme that `place` does not name."""
        try:
            url = reverse(self.page, kwargs=place)
        except NoReverseMatch:
            return ""
        return f"{url}?{self.query}" if self.query else url

    def get_absolute_url(self) -> str:
        return self.address(tenant=self.tenant.slug) or reverse(
            "desk:view_list", kwargs={"tenant": self.tenant.slug}
        )
