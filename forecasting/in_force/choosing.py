"""What people decide about a challenger: it comes into use, or it is set aside, each with a reason."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require

from .. import services
from ..choices import Happening, ModelStatus, Target
from ..models import RiskModel
from ..sharing.prior import start_of
from .standing import standing_of


@transaction.atomic
def put_into_use(
    model: RiskModel, *, reason: str, beside: str, acting: Member, on: date
) -> RiskModel:
    """Use the challenger. It stays until a lesson is surely better on what came since, or a person decides otherwise.

    Args:
        reason: why, in the person's words.
        beside: the digest of what was in use when the person looked.

    Raises:
        NotAllowed: the member may not decide on models.
        ValidationError: it is not the challenger any more, something else is in use by now, or it was made for other
            inputs than today's.
    """
    require(acting, "forecasting.model_change", model)
    current = _still(model, beside)
    if not current.is_of_today:
        raise ValidationError(_("It was made for other inputs than today's."))
    target = Target(current.target)
    services.retire(target)
    current.status = ModelStatus.CHAMPION
    current.approved_by = acting.user
    current.save(update_fields=["status", "approved_by"])
    details = {"reason": reason, "beside": beside}
    services.note(Happening.CHOSEN, target, on=on, model=current, acting=acting, details=details)
    services.ask_to_score(acting=acting, delay=timedelta(0))
    return current


@transaction.atomic
def decline(model: RiskModel, *, reason: str, beside: str, acting: Member, on: date) -> RiskModel:
    """Set the challenger aside. Until something else comes into use no lesson puts up another.

    Raises:
        NotAllowed: the member may not decide on models.
        ValidationError: it is not the challenger any more, or something else is in use by now.
    """
    require(acting, "forecasting.model_change", model)
    current = _still(model, beside)
    current.status = ModelStatus.RETIRED
    current.save(update_fields=["status"])
    details = {"reason": reason, "beside": beside}
    services.note(
        Happening.DECLINED, Target(current.target), on=on, model=current, acting=acting, details=details
    )  # fmt: skip
    return current


@transaction.atomic
def offer(model: RiskModel, *, acting: Member, on: date) -> bool:
    """Put a model up as challenger again that a person set aside as such. False where that holds no longer.

    Raises:
        NotAllowed: the member may not decide on models.
    """
    require(acting, "forecasting.model_change", model)
    target = Target(model.target)
    champion, challenger = services.both_locked(target)
    current = RiskModel.objects.select_for_update(of=("self",)).get(pk=model.pk)
    standing = standing_of(target)
    holds = standing.declines(champion.digest if champion else start_of(target).digest)
    is_it = standing.declined is not None and standing.declined.model_id == current.pk
    if not (holds and is_it) or challenger is not None or current.status != ModelStatus.RETIRED:
        return False
    current.status = ModelStatus.CANDIDATE
    current.save(update_fields=["status"])
    services.note(Happening.OFFERED, target, on=on, model=current, acting=acting)
    return True


def _still(model: RiskModel, beside: str) -> RiskModel:
    """The challenger, locked with what is in use, as the person saw them.

    Raises:
        ValidationError: either is another by now.
    """
    champion, challenger = services.both_locked(Target(model.target))
    if challenger is None or challenger.pk != model.pk:
        raise ValidationError(
            _("Model %(number)s is not the challenger any more.") % {"number": model.number}
        )
    if (champion.digest if champion else start_of(Target(model.target)).digest) != beside:
        raise ValidationError(
            _("Something else came into use since you opened this page. Compare them again before you decide.")
        )  # fmt: skip
    return challenger
