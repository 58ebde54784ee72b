"""The mail of an invitation: a job, so that no request waits for a mail server and none is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.utils.translation import gettext as _

from pmo_portal.accounts import services as accounts
from pmo_portal.accounts.events import invitation_written
from pmo_portal.accounts.models import Invitation
from pmo_portal.common import clock

from .models import Job
from .registry import job
from .runs import JobRun
from .services import enqueue

SEND_INVITATION = "jobs.send_invitation"
# Within a day: of one invitation, because whoever gets them may not have asked for any, and of an organisation.
MOST_OF_ONE = 5
MOST_OF_ALL = 400


@receiver(invitation_written, dispatch_uid="mail-of-invitation")
def ask_for_mail(sender: Any, invitation: Invitation, origin: str, **more: Any) -> None:
    """In the transaction of the invitation. The address of the invited stays out of the queue.

    Raises:
        ValidationError: too many mails were asked for within a day.
    """
    lately = Job.objects.filter(
        ticket__kind=SEND_INVITATION, created_at__gt=clock.now() - timedelta(days=1)
    )
    if lately.filter(args__invitation=invitation.number).count() >= MOST_OF_ONE:
        raise ValidationError(
            _("%(name)s was sent %(count)s mails within a day. Send the next one tomorrow.")
            % {"name": invitation.name, "count": MOST_OF_ONE}
        )
    if lately.count() >= MOST_OF_ALL:
        raise ValidationError(
            _(
                "Your organisation has sent %(count)s mails of invitations within a day. Try again tomorrow."
            )
            % {"count": MOST_OF_ALL}
        )
    enqueue(
        SEND_INVITATION,
        title=_("Mail of invitation %(reference)s") % {"reference": invitation.reference},
        slot=f"{SEND_INVITATION}:{invitation.number}:{invitation.version}",
        args={"invitation": invitation.number, "origin": origin},
        acting=more.get("acting"),
    )


@job(SEND_INVITATION, queue="mail")
def send_invitation(run: JobRun) -> None:
    """Make the secret, send it, note that it was sent. Sent twice after a crash, the later link works."""
    with run.read():
        letter = accounts.open_letter(
            run.args["invitation"], at=clock.now(), origin=run.args["origin"]
        )
    if letter is not None:
        letter.send()
    with run.write() as result:
        result["sent"] = letter is not None
