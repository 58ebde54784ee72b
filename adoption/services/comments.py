"""What people wrote in a wave: kept only where enough people answered it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require
from pmo_portal.tenants.context import current_tenant_id
from pmo_portal.tenants.models import BusinessUnit, Person
from pmo_portal.tenants.selectors import thresholds

from .. import events
from ..models import LOWEST_KC, SurveyComment, SurveyResult, SurveyWave
from ..redaction import Redactor

OWN = "own survey"


def fewest_for_comments() -> int:
    """How many people answer a wave in a unit, at least, before what they write is kept."""
    return max(thresholds().comments_k, LOWEST_KC)


def redactor() -> Redactor:
    """Knows the names of everybody in the directory, those who left included."""
    return Redactor(Person.objects.values_list("name", flat=True))


@transaction.atomic
def record_comments(
    wave: SurveyWave,
    *,
    programme: Any,
    texts: Mapping[BusinessUnit, Sequence[str]],
    known_at: datetime,
    acting: Member | None,
) -> None:
    """Keep what people wrote about a programme in a wave, once for each unit.

    Where fewer people answered the wave in a unit than the organisation asks for, only rows without words are kept;
    nothing tells the caller which. Names of the directory are taken out.

    Raises:
        NotAllowed: the member may not.
        ValidationError: comments of the unit about this programme are kept already.
    """
    if acting is not None:
        require(acting, "adoption.survey_record", programme)
    again = SurveyComment.objects.filter(wave=wave, programme=programme, unit__in=texts)
    taken = again.values_list("unit__name", flat=True).first()
    if taken is not None:
        kept = _(
            "Comments of %(unit)s in this wave are recorded already; they can be entered only once."
        )
        raise ValidationError({"unit": kept % {"unit": taken}})
    kc, names = fewest_for_comments(), redactor()
    enough = set(
        SurveyResult.objects.released()
        .filter(wave=wave, n__gte=kc)
        .values_list("unit_id", flat=True)
    )
    rows = [
        SurveyComment(
            programme=programme,
            unit=unit,
            wave=wave,
            text=names.redact(text.strip()) if unit.pk in enough else "",
            is_released=unit.pk in enough,
            source=OWN,
            effective_on=wave.closed_on,
            known_at=known_at,
        )
        for unit, written in texts.items()
        # In an order that does not tell who wrote first.
        for text in sorted(written)
        if text.strip()
    ]
    SurveyComment.objects.bulk_create(rows)
    tenant_id, programme_id = current_tenant_id(), programme.pk
    transaction.on_commit(
        lambda: events.comments_recorded.send(
            SurveyComment, tenant_id=tenant_id, programme_id=programme_id
        ),
        robust=True,
    )
