"""How confident both leads and the sponsor were, round by round; the last one is still open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.choices import Judge
from governance.models import Judgement, JudgementRound
from pmo_portal.common.tracking import acting_as
from pmo_portal.tenants.services import next_reference

if TYPE_CHECKING:
    from .programme import ProgrammeWriter

# Weeks ago, and what delivery, change and the sponsor said; "" has not spoken.
Said = tuple[int, str]
Round = tuple[float, Said, Said, Said]

ROUNDS: dict[str, tuple[Round, ...]] = {
    "FHR": (
        (-26.0, (4, "The design is signed and the supplier is staffed."), (4, "People know why it comes."), (4, "A good start.")),
        (-17.0, (5, "The first rehearsal went through."), (3, "Payroll saw it for the first time and was quiet."), (4, "On the way.")),
        (-8.0, (4, "Two of eleven directorates do not match yet."), (2, "Schools have heard of a date and of nothing else."), (4, "The reports are green.")),
        (-0.4, (4, "Nine of eleven match to the penny."), (2, "Payroll would not start tomorrow."), (0, "")),
    ),
    "EPR": (
        (-14.0, (3, "Interfaces are late."), (3, "Wards wait for dates."), (3, "Too early.")),
        (-3.0, (4, "The interfaces pass."), (3, "Nights are not covered yet."), (5, "It will be a good day.")),
    ),
}  # fmt: skip


def write(writer: ProgrammeWriter) -> None:
    """Every round of a programme with a story, as it was answered."""
    programme, tenant = writer.programme, writer.loader.tenant
    people = (programme.delivery_lead, programme.change_lead, programme.sponsor)
    with acting_as(user_id=writer.loader.pmo.user.pk, action="ask for judgements"):
        for weeks, *said in ROUNDS.get(writer.story.code, ()):
            asked = JudgementRound.objects.create(
                tenant=tenant,
                number=next_reference("JR"),
                programme=programme,
                asked_on=writer.day(weeks),
                closes_on=writer.day(weeks + 1),
            )
            Judgement.objects.bulk_create(
                Judgement(
                    tenant=tenant,
                    round=asked,
                    voice=voice,
                    level=level,
                    sentence=sentence,
                    person=person,
                    given_on=min(writer.day(weeks + 0.3), writer.day(0)),
                )
                for voice, person, (level, sentence) in zip(Judge, people, said, strict=True)
                if sentence
            )
