"""What people write in the pulses about a programme: the lower the mood of a unit, the more of it resists."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from adoption import services
from adoption.models import SurveyComment, SurveyWave
from forecasting.comments import records as comment_records
from forecasting.models import CommentTopic
from pmo_portal.accounts.members import Member
from pmo_portal.tenants.choices import Quotes
from pmo_portal.tenants.models import TenantSettings

if TYPE_CHECKING:
    from .load import Loader
    from .programme import ProgrammeWriter

WAVES = 9
TAGGED = 230
# Below this mood everybody writes what is wrong, above that one nobody.
MOODS = (35.0, 85.0)

RESISTING = (
    "We are short staffed {when} and there is no time for {thing}",
    "Too many changes at once, {thing} comes on top of the day job",
    "I am exhausted, {thing} takes the evenings I should rest",
    "Nobody told us what {thing} means for our team",
    "The dates keep moving {when} and no one explains why",
    "We hear about decisions on {thing} after they are made",
    "Last time {thing} was a failure and so will this be",
    "I do not believe the promises about {thing}",
    "The new screens are slower than the old ones {when}",
    "The test system keeps crashing {when}",
    "Data for {thing} is wrong in the new system",
    "I do not feel ready for {thing} on day one",
    "Training for {thing} was too generic for our work",
    "We need practice with real cases before {thing}",
    "Management does not listen to our concerns about {thing}",
    "The managers only talk about {thing}, nobody asks us {when}",
    "This is about cutting jobs, {thing} is only the excuse",
    "I fear my post is replaced once {thing} is done",
    "It is unclear who does {thing} {when}",
    "We still keep our own spreadsheet because of errors with {thing}",
)
WILLING = (
    "Training for {thing} was clear and useful",
    "Looking forward to {thing}",
    "The pilot went well for us {when}",
    "Our manager explains the reasons for {thing} well",
    "Good support from the change champions {when}",
    "{thing} saves us an hour every week",
    "The new screens are easy to learn",
    "I had time to practise {thing} and feel ready",
    "The trainer answered every question about {thing}",
    "We were asked about {thing} early, thank you",
    "The weekly note on {thing} tells me what I need",
    "No problems with {thing} so far",
    "The help desk rings back {when}",
    "Our team lead makes room for {thing}",
)
THINGS = ("the go-live", "month end", "the new forms", "the handover", "the approvals", "the reports", "case notes", "data entry", "the rota", "the checks")  # fmt: skip
WHENS = ("this month", "again", "in our team", "since summer", "most days", "at the depot", "on Mondays", "all week")  # fmt: skip


def write(loader: Loader, writers: list[ProgrammeWriter]) -> None:
    """Comments of the last waves by programme and unit; the change lead tagged some of them."""
    random = Random(loader.organisation.seed + 9)
    settings = TenantSettings.objects.get()
    settings.comment_quotes = Quotes.CHANGE
    settings.save(update_fields=["comment_quotes"])
    waves = list(SurveyWave.objects.filter(programme__isnull=True).order_by("-closed_on")[:WAVES])
    for wave in reversed(waves):
        for writer in writers:
            texts = {
                loader.units[code]: _texts(loader, random, code, wave)
                for code in writer.story.units
                if code in loader.units
            }
            if texts and (writer.programme.starts_on or wave.closed_on) <= wave.closed_on:
                services.record_comments(
                    wave,
                    programme=writer.programme,
                    texts=texts,
                    known_at=loader.calendar.moment(wave.closed_on),
                    acting=loader.change,
                )
    _tag(loader, random)


def _texts(loader: Loader, random: Random, code: str, wave: SurveyWave) -> list[str]:
    weeks = (wave.closed_on - loader.calendar.today).days / 7
    low, high = MOODS
    resists = min(max((high - loader.mood(code, weeks)) / (high - low), 0.06), 0.94)
    count = min(max((loader.units[code].headcount or 0) // 24, 2), 12) + random.randint(-1, 2)
    return [
        _said(random, RESISTING if random.random() < resists else WILLING) for _ in range(count)
    ]


def _said(random: Random, sentences: tuple[str, ...]) -> str:
    text = random.choice(sentences).format(thing=random.choice(THINGS), when=random.choice(WHENS))
    return f"{text[0].upper()}{text[1:]}."


def name_topics(acting: Member) -> None:
    """The change lead has looked at the two largest topics."""
    for topic in CommentTopic.objects.order_by("-comments")[:2]:
        comment_records.revise_topic(
            topic, changes={"is_confirmed": True}, version=topic.version, acting=acting
        )


def _tag(loader: Loader, random: Random) -> None:
    known = [text.split("{")[0].strip().lower() for text in RESISTING]
    readable = SurveyComment.objects.readable().values_list("key", "text", "pk").order_by("pk")
    answers = {
        key: "yes" if any(start and text.lower().startswith(start) for start in known) else "no"
        for key, text, _pk in random.sample(list(readable), min(TAGGED, len(readable)))
    }
    comment_records.tag_comments(answers, acting=loader.change)
