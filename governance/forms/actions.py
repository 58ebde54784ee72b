"""Actions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.common import clock
from pmo_portal.common.fields import date_input
from pmo_portal.history.forms import RecordForm
from pmo_portal.tenants.selectors import people_here

from ..models import Action, Decision


class ActionForm(RecordForm):
    class Meta:
        model = Action
        fields = ("text", "owner", "agreed_on", "due_on", "decision")
        widgets = {"agreed_on": date_input(), "due_on": date_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("owner", people_here())
        self.fields["owner"].empty_label = _("Open")  # type: ignore[attr-defined]
        self.offer("decision", Decision.objects.filter(programme=self.instance.programme))
        self.fields["decision"].empty_label = _("None")  # type: ignore[attr-defined]
        if not self.instance.pk:
            today = clock.today()
            self.initial["agreed_on"] = self.initial.get("agreed_on") or today
            self.initial["due_on"] = self.initial.get("due_on") or today + timedelta(days=14)
