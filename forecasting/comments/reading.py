"""Reads what people wrote, once: by words at an import, and by what was learned in a job.

A comment keeps what was read in it as a few small numbers. The nightly run reads only what is not read yet with the
words and the tone in force; what is shown is then counted in SQL. numpy is needed only to learn topics and a tone and
to apply them, so those modules are imported where that happens.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Coalesce

from adoption import services as adoption
from adoption.models import SurveyComment
from pmo_portal.common.batches import batches
from pmo_portal.tenants.services import next_reference

from ..choices import CommentTheme, CommentWay
from ..learning.comments import lexicon, patterns
from ..models import CommentLexicon, CommentModel, CommentPattern, CommentTag, CommentTopic

if TYPE_CHECKING:
    from ..learning.comments.tone import Tone
    from ..learning.comments.topics import Topics

# Topics and tone are learned again when there is so much more to learn from.
GREW = 1.2
BATCH = 2000


class Words:
    """The words in force, and the shipped ones that scores are read with."""

    def __init__(self, own: CommentLexicon | None, tone_digest: str = "") -> None:
        self._shipped = lexicon.shipped()
        self.lexicon = own.words if own is not None else self._shipped
        self.read_with = f"{self.lexicon.digest[:11]}:{tone_digest[:11]}"
        self.has_tone = bool(tone_digest)
        self._known: dict[str, tuple[lexicon.Reading, bool]] = {}

    def read(self, text: str) -> tuple[lexicon.Reading, bool]:
        """What the words in force say of a text, and whether it resists by the shipped ones."""
        found = self._known.get(text)
        if found is None:
            reading = self.lexicon.read(text)
            is_own = self.lexicon is not self._shipped
            by_words = self._shipped.read(text).resists if is_own else reading.resists
            found = self._known[text] = (reading, by_words)
        return found

    def put_into(self, comment: SurveyComment) -> None:
        """Note in a new comment what was read; where a tone was learned, a job reads it again with that."""
        reading, comment.resists_by_words = self.read(comment.text)
        comment.themes, comment.resists = reading.themes, reading.resists
        comment.read_with = "" if self.has_tone else self.read_with


def words_in_use() -> Words:
    """The words and the tone that comments are read with now."""
    tone = latest(CommentWay.TONE)
    return Words(CommentLexicon.objects.first(), tone.digest if tone and tone.is_used else "")


def latest(way: CommentWay) -> CommentModel | None:
    """What was learned last in a way; None where nothing was."""
    return CommentModel.objects.filter(way=way).first()


# --- a run: gathered, thought about, kept --------------------------------------------------------------------


@dataclass
class GatheredComments:
    """What a run has to read and may learn from."""

    words: Words
    # Comments that are not read yet with what is in force: key and text.
    unread: list[tuple[int, str]]
    tone: CommentModel | None
    topics: CommentModel | None
    # Texts and tags to learn from; empty where nothing is due.
    tagged: list[tuple[str, bool]] = field(default_factory=list)
    all: list[tuple[int, str]] = field(default_factory=list)
    redact: Any = None


@dataclass
class Found:
    """What a run came to."""

    read_with: str
    # Comments by what was read in them: themes, resists, resists by the shipped words.
    readings: dict[tuple[int, bool, bool], list[int]] = field(
        default_factory=lambda: defaultdict(list)
    )
    of_topic: dict[int | None, list[int]] = field(default_factory=lambda: defaultdict(list))
    learned: list[CommentModel] = field(default_factory=list)
    topics: Topics | None = None


def gather_comments() -> GatheredComments:
    """Read what a run needs. All texts are read only where topics are due or the words in force changed."""
    from ..learning.comments import topics

    words = words_in_use()
    readable = SurveyComment.objects.readable()
    found = GatheredComments(
        words,
        list(readable.exclude(read_with=words.read_with).values_list("pk", "text")),
        latest(CommentWay.TONE),
        latest(CommentWay.TOPICS),
    )
    tags = CommentTag.objects.filter(comment__in=readable)
    if _grew(tags.count(), found.tone, lexicon.FEWEST_TAGS):
        found.tagged = list(tags.values_list("comment__text", "resists"))
    if _grew(readable.count(), found.topics, topics.FEWEST_COMMENTS):
        found.all = list(readable.values_list("pk", "text"))
    if found.tagged and not found.all:
        # A new tone may have to be applied to what was read before.
        found.all = list(readable.values_list("pk", "text"))
    # Somebody may have come into the directory after a comment was kept.
    found.redact = adoption.redactor().redact
    return found


def _grew(count: int, last: CommentModel | None, fewest: int) -> bool:
    """Whether there is enough to learn from, and more than was learned from last by a fifth."""
    return count >= fewest and (last is None or count >= GREW * last.comments)


def think(gathered: GatheredComments, *, at: datetime) -> Found:
    """Learn what is due, and read what is unread. Touches no database."""
    from ..learning.comments import tone, topics

    redacted = _redacted(gathered)
    words, found = gathered.words, Found(gathered.words.read_with)
    model = gathered.tone if gathered.tone is not None and gathered.tone.is_used else None
    to_read = gathered.unread
    in_use = tone.Tone.from_dict(model.numbers) if model is not None else None
    if gathered.tagged:
        learned = tone.learn_tone(
            [redacted(text) for text, _resists in gathered.tagged],
            [resists for _text, resists in gathered.tagged],
            words.lexicon,
        )
        kept = _model_of(CommentWay.TONE, len(gathered.tagged), learned and learned.tone, at)
        if learned is not None:
            kept.right, kept.right_by_words = learned.right, learned.right_by_words
        kept.is_used = learned is not None and learned.is_better
        found.learned.append(kept)
        in_use = learned.tone if learned is not None and learned.is_better else None
        found.read_with = f"{words.lexicon.digest[:11]}:{kept.digest[:11] if kept.is_used else ''}"
        to_read = gathered.all
    _read(to_read, words, in_use, redacted, found)
    known = gathered.topics
    made = topics.Topics.from_dict(known.numbers) if known and known.numbers else None
    place = to_read
    if gathered.all and (
        learned_topics := topics.learn_topics([redacted(t) for _pk, t in gathered.all])
    ):
        found.topics, made, place = learned_topics, learned_topics, gathered.all
        found.learned.append(_model_of(CommentWay.TOPICS, len(gathered.all), learned_topics, at))
    if made is not None:
        nearest = made.of([redacted(text) for _pk, text in place])
        for (pk, _text), topic in zip(place, nearest, strict=True):
            found.of_topic[topic].append(pk)
    return found


def _redacted(gathered: GatheredComments) -> Any:
    """Takes names out; each different text once."""
    known: dict[str, str] = {}

    def redacted(text: str) -> str:
        if text not in known:
            known[text] = gathered.redact(text)
        return known[text]

    return redacted


def _read(
    comments: Sequence[tuple[int, str]],
    words: Words,
    tone: Tone | None,
    redacted: Any,
    found: Found,
) -> None:
    texts = sorted({text for _pk, text in comments})
    resists: dict[str, bool] = {}
    if tone is not None and texts:
        from ..learning.comments.tone import RESISTS_FROM

        chances = tone.chances([redacted(text) for text in texts])
        resists = {text: bool(p >= RESISTS_FROM) for text, p in zip(texts, chances, strict=True)}
    for pk, text in comments:
        reading, by_words = words.read(text)
        found.readings[reading.themes, resists.get(text, reading.resists), by_words].append(pk)


def _model_of(way: CommentWay, comments: int, learned: Any, at: datetime) -> CommentModel:
    numbers = learned.as_dict() if learned is not None else {}
    digest = hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()[:12]
    return CommentModel(way=way, learned_at=at, comments=comments, numbers=numbers, digest=digest)


@transaction.atomic
def keep_readings(found: Found) -> dict[str, int]:
    """Write what a run came to. Returns what to say of it."""
    read = 0
    for (themes, resists, by_words), keys in found.readings.items():
        read += len(keys)
        for some in batches(keys, BATCH):
            SurveyComment.objects.filter(pk__in=some, is_released=True).update(
                themes=themes,
                resists=resists,
                resists_by_words=by_words,
                read_with=found.read_with,
            )
    for topic, keys in found.of_topic.items():
        for some in batches(keys, BATCH):
            SurveyComment.objects.filter(pk__in=some, is_released=True).update(topic=topic)
    for model in found.learned:
        model.save()
    if found.topics is not None:
        _keep_topics(found.topics.named())
    if found.of_topic:
        _count_topics()
    return {"read": read, "learned": len(found.learned)}


def _keep_topics(named: list[list[str]]) -> None:
    """Topics by their terms: one that was known keeps its number and its name, others begin without a name."""
    from ..learning.comments.topics import matched

    known = list(CommentTopic.objects.select_for_update())
    same = matched([topic.terms for topic in known], named)
    CommentTopic.objects.update(place=None, comments=0)
    for place, (terms, at) in enumerate(zip(named, same, strict=True)):
        if at is None:
            topic = CommentTopic(number=next_reference(CommentTopic.reference_prefix))
        else:
            topic = known[at]
        topic.place, topic.terms = place, terms
        topic.save()
    # Nobody said anything about these, and they are no more.
    CommentTopic.objects.filter(place__isnull=True, name="", is_confirmed=False).delete()


def _count_topics() -> None:
    counts = dict(
        SurveyComment.objects.readable()
        .filter(topic__isnull=False)
        .values_list("topic")
        .annotate(count=Count("pk"))
    )
    for topic in CommentTopic.objects.filter(place__isnull=False):
        if topic.comments != counts.get(topic.place, 0):
            CommentTopic.objects.filter(pk=topic.pk).update(comments=counts.get(topic.place, 0))


# --- what is shown: shares by programme, unit and theme -------------------------------------------------------

_THEMES = tuple(CommentTheme)
_WINDOWS = range(patterns.WINDOWS)


@dataclass
class _Counted:
    """Comments of a unit or of a programme by four weeks: of each theme hits, written, and how many people wrote at least."""

    hits: list[list[int]] = field(default_factory=lambda: [[0] * len(_THEMES) for _ in _WINDOWS])
    written: list[int] = field(default_factory=lambda: [0] * patterns.WINDOWS)
    people: list[int] = field(default_factory=lambda: [0] * patterns.WINDOWS)
    # Comments by the day of their wave.
    waves: list[dict[date, int]] = field(
        default_factory=lambda: [defaultdict(int) for _ in _WINDOWS]
    )

    def add(self, back: int, day: date, themes: int, *, resists: bool, count: int) -> None:
        window = patterns.WINDOWS - 1 - back
        self.written[window] += count
        for at in range(len(lexicon.THEMES)):
            self.hits[window][at] += count if themes & 1 << at else 0
        self.hits[window][-1] += count if resists else 0
        self.waves[window][day] += count
        self.people[window] = patterns.people_at_least(list(self.waves[window].values()))

    def take(self, other: _Counted, window: int) -> None:
        """Four weeks of a unit of a programme: units have different people, so those who wrote are added."""
        self.people[window] += other.people[window]
        self.written[window] += other.written[window]
        for at in range(len(_THEMES)):
            self.hits[window][at] += other.hits[window][at]

    @property
    def is_told(self) -> bool:
        """Whether in any four weeks enough people wrote for a figure."""
        return max(self.people) >= patterns.FEWEST_PEOPLE

    def pattern(self, at: int) -> patterns.Pattern:
        # Four weeks in which too few wrote are as those in which nobody did: what is told of later ones would tell of them.
        pairs = (
            (self.hits[window][at], self.written[window])
            if self.people[window] >= patterns.FEWEST_PEOPLE
            else (0, 0)
            for window in _WINDOWS
        )
        return patterns.Pattern(tuple(pairs), self.people[-1])


def count_patterns(as_of: date) -> list[CommentPattern]:
    """The patterns of every programme and unit as of a day, from one statement."""
    since = as_of - timedelta(days=patterns.WINDOWS * patterns.WINDOW_DAYS)
    rows = (
        SurveyComment.objects.readable()
        .known_by(as_of)
        .filter(effective_on__gt=since, themes__isnull=False)
        # A person who looked at it knows better than words.
        .annotate(resisting=Coalesce("tag__resists", "resists"))
        .values_list("programme_id", "unit_id", "effective_on", "themes", "resisting")
        .annotate(count=Count("pk"))
        .order_by("programme_id", "unit_id", "effective_on")
    )
    by_unit: dict[tuple[int, int], _Counted] = defaultdict(_Counted)
    for programme, unit, day, themes, resists, count in rows:
        back = patterns.window_of(day, as_of)
        if back is not None:
            by_unit[programme, unit].add(back, day, themes, resists=bool(resists), count=count)
    units_of: dict[int, list[_Counted]] = defaultdict(list)
    for (programme, _unit), counted in by_unit.items():
        units_of[programme].append(counted)
    by_programme = {programme: _whole(units) for programme, units in units_of.items()}
    told: list[tuple[int, int | None, _Counted]] = [
        *((programme, None, counted) for programme, counted in by_programme.items()),
        *((programme, unit, counted) for (programme, unit), counted in by_unit.items()),
    ]
    return [
        _row(programme, unit, theme, counted.pattern(at), as_of)
        for programme, unit, counted in told
        for at, theme in enumerate(_THEMES)
        if counted.is_told
    ]


def _whole(units: Sequence[_Counted]) -> _Counted:
    """The units of a programme together."""
    found = _Counted()
    for window in _WINDOWS:
        people = {at: unit.people[window] for at, unit in enumerate(units)}
        for at in patterns.counted(people):
            found.take(units[at], window)
    return found


def _row(
    programme: int, unit: int | None, theme: CommentTheme, found: patterns.Pattern, as_of: date
) -> CommentPattern:
    hits, written = found.now
    is_told = found.people >= patterns.FEWEST_PEOPLE
    return CommentPattern(
        programme_id=programme,
        unit_id=unit,
        theme=theme,
        as_of=as_of,
        written=written if is_told else None,
        share=patterns.share(hits, written) if is_told else None,
        rose=found.rose if is_told else None,
        is_alert=found.is_alert,
        shares=[
            round(patterns.share(*each), 4) if each[1] >= patterns.FEWEST_PEOPLE else None
            for each in found.windows
        ],
    )


def keep_patterns(rows: Sequence[CommentPattern]) -> int:
    """Put these in place of those of the last reading. Returns how many are alerts."""
    with transaction.atomic():
        CommentPattern.objects.all().delete()
        CommentPattern.objects.bulk_create(rows, batch_size=BATCH)
    return sum(row.is_alert for row in rows)
