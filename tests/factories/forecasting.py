"""Outcomes of the go-live rule. Creates inside a tenant's context or fails."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from forecasting.choices import (
    EventKind,
    Happening,
    ModelStatus,
    Origin,
    RiskLevel,
    Stage,
    Target,
)
from forecasting.golive.rule import RULE_VERSION
from forecasting.learning import prior, sharing
from forecasting.learning.features import FEATURE_SET, RAW
from forecasting.learning.raid.escalation import RAID
from forecasting.models import (
    AdoptionShortfall,
    CommentLexicon,
    CommentModel,
    CommentPattern,
    CommentTag,
    CommentTopic,
    GoLiveRisk,
    Lesson,
    MilestoneOutlook,
    ModelCheck,
    ModelEvent,
    RaidOutcome,
    RaidScore,
    ReportedEvent,
    RiskModel,
    RiskOutcome,
    RiskScore,
    RiskSnapshot,
    SharedPrior,
    SharedWord,
    SharingChoice,
    ShortfallRecord,
    SimilarWeeks,
    SlipRecord,
)
from pmo_portal.tenants.services import next_reference

from .adoption import SurveyCommentFactory
from .programmes import MilestoneFactory, ProgrammeFactory, RaidItemFactory
from .registry import job_args
from .tenants import UnitFactory

DAY = date(2026, 6, 1)


class GoLiveRiskFactory(DjangoModelFactory):
    class Meta:
        model = GoLiveRisk

    milestone = factory.SubFactory(MilestoneFactory, is_golive=True)
    programme = factory.SelfAttribute("milestone.programme")
    unit = factory.SubFactory(UnitFactory)
    as_of = DAY
    raised_on = DAY
    golive_on = factory.SelfAttribute("milestone.forecast_on")
    level = RiskLevel.ELEVATED
    causes = factory.LazyFunction(
        lambda: [
            {
                "key": "training",
                "value": 0.3,
                "threshold": 0.2,
                "facts": {"share": 0.5, "planned": 0.8, "on": DAY.isoformat()},
                "text": "Training is 30 points behind plan; go-live in 3 weeks",
            }
        ]
    )
    missing = factory.LazyFunction(list)
    rule_version = RULE_VERSION
    computed_at = datetime(2026, 6, 1, 9, tzinfo=UTC)


class ReportedEventFactory(DjangoModelFactory):
    class Meta:
        model = ReportedEvent

    programme = factory.SubFactory(ProgrammeFactory)
    kind = EventKind.CRISIS_BEGAN
    source = "history bundle"
    effective_on = DAY
    known_at = datetime(2026, 6, 1, 9, tzinfo=UTC)


class RiskSnapshotFactory(DjangoModelFactory):
    class Meta:
        model = RiskSnapshot

    programme = factory.SubFactory(ProgrammeFactory)
    as_of = DAY
    feature_set = FEATURE_SET
    raw = factory.LazyFunction(lambda: [feature.stands_in for feature in RAW])
    trained = factory.LazyFunction(lambda: [0.5, 0.5])
    taken_at = datetime(2026, 6, 1, 9, tzinfo=UTC)


class RiskScoreFactory(DjangoModelFactory):
    class Meta:
        model = RiskScore

    programme = factory.SubFactory(ProgrammeFactory)
    as_of = DAY
    probability = 0.2
    low = 0.1
    high = 0.3
    level = RiskLevel.ELEVATED
    raw = factory.LazyFunction(lambda: [feature.stands_in for feature in RAW])
    terms = factory.LazyFunction(
        lambda: [
            {"name": "near_x_eng_low", "share": 0.9, "value": 0.7},
            {"name": "spi_s", "share": -0.1, "value": 1.02},
        ]
    )
    start = -2.2
    base = 0.08
    model = "0" * 64
    model_version = "2026.1"
    stage = Stage.PRIOR
    computed_at = datetime(2026, 6, 1, 9, tzinfo=UTC)


class MilestoneOutlookFactory(DjangoModelFactory):
    class Meta:
        model = MilestoneOutlook

    milestone = factory.SubFactory(MilestoneFactory)
    as_of = DAY
    forecast_on = factory.SelfAttribute("milestone.forecast_on")
    baseline_on = factory.SelfAttribute("milestone.baseline_on")
    p50_on = factory.SelfAttribute("forecast_on")
    p80_on = factory.LazyAttribute(lambda row: row.forecast_on + timedelta(days=14))
    p90_on = factory.LazyAttribute(lambda row: row.forecast_on + timedelta(days=28))
    missed = 0.35
    low = factory.LazyAttribute(lambda row: max(row.missed - 0.15, 0.0))
    high = factory.LazyAttribute(lambda row: min(row.missed + 0.2, 1.0))
    start = 0.2
    terms = factory.LazyAttribute(
        lambda row: [
            {"name": "room", "share": 0.0},
            {"name": "ahead", "share": 0.05},
            {"name": "schedule", "share": -0.1},
            {"name": "own", "share": 0.0},
            {"name": "open", "share": row.missed - 0.15},
        ]
    )
    kind = "near/steady"
    schedule = 0.98
    steps = factory.LazyAttribute(
        lambda row: [
            {"name": "all", "days": [0, 21, 56], "cases": 174352, "share": None},
            {"name": "ahead", "days": [0, 14, 42], "cases": 64652, "share": None},
            {"name": "schedule", "days": [0, 7, 35], "cases": 51099, "share": None},
            {"name": "own", "days": [0, 7, 35], "cases": 0, "share": 0.0},
            {
                "name": "open",
                "days": [
                    on and (on - row.forecast_on).days
                    for on in (row.p50_on, row.p80_on, row.p90_on)
                ],
                "cases": 51099,
                "share": 0.4,
            },
        ]
    )
    stage = Stage.PRIOR
    model = "0" * 64
    model_version = "2026.1"
    computed_at = datetime(2026, 6, 1, 9, tzinfo=UTC)


class AdoptionShortfallFactory(DjangoModelFactory):
    class Meta:
        model = AdoptionShortfall

    milestone = factory.SubFactory(MilestoneFactory, is_golive=True)
    unit = factory.SubFactory(UnitFactory)
    as_of = DAY
    golive_on = factory.SelfAttribute("milestone.forecast_on")
    chance = 0.62
    low = factory.LazyAttribute(lambda row: None if row.chance is None else row.chance * 0.8)
    high = factory.LazyAttribute(lambda row: None if row.chance is None else (1 + row.chance) / 2)
    training = 0.5
    engagement = 0.24
    level = "elevated"
    facts = factory.LazyAttribute(
        lambda row: {
            "counted_on": (row.golive_on - timedelta(days=14)).isoformat(),
            "threshold": 50.0,
            "share": 0.6,
            "required": 120,
            "planned": 0.8,
            "pace": 0.05,
            "pace_usual": 0.028,
            "needed": 0.77,
            "share_expected": 0.85,
            "training_on": DAY.isoformat(),
            "shown": 52.0,
            "answers": 24,
            "usual": 60.0,
            "engagement_of": "",
            "engagement_expected": 54.0,
            "engagement_on": DAY.isoformat(),
        }
    )
    start = 0.5
    # What is added to it, and so the chance.
    terms = factory.LazyAttribute(
        lambda row: [
            {"name": "training", "share": 0.3},
            {"name": "pace", "share": -0.2},
            {"name": "engagement", "share": 0.04},
            {"name": "sureness", "share": (row.chance or 0.0) - 0.64},
        ]
    )
    base = 0.3
    stage = Stage.PRIOR
    model = "0" * 64
    model_version = "2026.1"
    computed_at = datetime(2026, 6, 1, 9, tzinfo=UTC)


class ShortfallRecordFactory(DjangoModelFactory):
    class Meta:
        model = ShortfallRecord

    as_of = DAY
    cases = 12
    short = 5
    held = factory.LazyFunction(lambda: {"rows": 0})
    computed_at = datetime(2026, 6, 1, 9, tzinfo=UTC)


class SlipRecordFactory(DjangoModelFactory):
    class Meta:
        model = SlipRecord

    as_of = DAY
    own = factory.LazyFunction(
        lambda: {"near/steady": {"days": [0, 7, 30], "share": [0.5, 0.8, 0.95], "milestones": 40}}
    )
    milestones = 40
    held = factory.LazyFunction(
        lambda: {"rows": 20, "p50": 0.55, "p80": 0.8, "p90": 0.95, "pinball": 0.7}
    )
    digest = "0" * 64
    computed_at = datetime(2026, 6, 1, 9, tzinfo=UTC)


class SimilarWeeksFactory(DjangoModelFactory):
    class Meta:
        model = SimilarWeeks

    programme = factory.SubFactory(ProgrammeFactory)
    as_of = DAY
    computed_at = datetime(2026, 6, 1, 9, tzinfo=UTC)


class RaidScoreFactory(DjangoModelFactory):
    class Meta:
        model = RaidScore

    item = factory.SubFactory(RaidItemFactory)
    as_of = DAY
    probability = 0.2
    low = 0.1
    high = 0.3
    level = RiskLevel.ELEVATED
    raw = factory.LazyFunction(lambda: [feature.stands_in for feature in RAID.raw])
    terms = factory.LazyFunction(
        lambda: [
            {"name": "score", "share": 0.7, "value": 9.0},
            {"name": "log_update_w", "share": 0.2, "value": 1.1},
            {"name": "mitigated", "share": -0.1, "value": 0.0},
        ]
    )
    start = -2.2
    base = 0.08
    model = "0" * 64
    model_version = "2026.1"
    stage = "prior"
    computed_at = datetime(2026, 6, 1, 9, tzinfo=UTC)


class RiskModelFactory(DjangoModelFactory):
    """The shipped prior under a number, as if it had been learned."""

    class Meta:
        model = RiskModel

    target = Target.CRISIS_4W
    number = factory.Sequence(lambda n: n + 1)
    origin = Origin.LEARNED
    status = ModelStatus.RETIRED
    stage = Stage.OWN
    made_on = DAY
    feature_set = FEATURE_SET
    numbers = factory.LazyAttribute(lambda made: prior.load(made.target).as_dict())
    digest = factory.LazyAttribute(lambda made: prior.load(made.target).digest)


def word_values(**coefficients: float) -> dict[str, Any]:
    """What an organisation gives that found the shipped prior to be true, but for some terms."""
    shipped = prior.load(Target.CRISIS_4W)
    point = dict(zip(["level", *shipped.inputs.terms], [shipped.intercept, *shipped.weights], strict=True))  # fmt: skip
    told = sharing.terms_told(shipped.inputs.terms)
    return {
        "format": sharing.FORMAT,
        "target": "crisis_4w",
        "feature_set": shipped.inputs.version,
        "starts_from": shipped.digest,
        "programmes": 100,
        "events": 80,
        "coefficients": {
            name: coefficients.get(name, round(float(point[name]), sharing.DIGITS)) for name in told
        },
        "curvature": dict.fromkeys(told, 90.0),
    }


class SharingChoiceFactory(DjangoModelFactory):
    class Meta:
        model = SharingChoice

    target = Target.CRISIS_4W
    number = 1


class SharedWordFactory(DjangoModelFactory):
    """What could be given; nothing is."""

    class Meta:
        model = SharedWord

    target = Target.CRISIS_4W
    ready = factory.LazyFunction(lambda: sharing.as_text(word_values()))
    ready_on = DAY


class SharedPriorFactory(DjangoModelFactory):
    """A prior of six organisations, of which each found a late schedule to weigh more."""

    class Meta:
        model = SharedPrior

    target = Target.CRISIS_4W
    number = 1
    made_on = DAY
    organisations = 6
    numbers = factory.LazyAttribute(
        lambda made: sharing.together(
            [word_values(spi_s=-0.9)] * made.organisations,
            prior.load(Target.CRISIS_4W),
            about={"version": f"S{made.number}", "made_on": made.made_on.isoformat()},
        ).as_dict()
    )
    digest = factory.LazyAttribute(
        lambda made: hashlib.sha256(json.dumps(made.numbers, sort_keys=True).encode()).hexdigest()
    )


class LessonFactory(DjangoModelFactory):
    class Meta:
        model = Lesson

    target = Target.CRISIS_4W
    as_of = DAY
    rows = 100
    programmes = 12
    events = 6
    stage = Stage.PRIOR
    computed_at = datetime(2026, 6, 1, 9, tzinfo=UTC)


class ModelEventFactory(DjangoModelFactory):
    class Meta:
        model = ModelEvent

    target = Target.CRISIS_4W
    happened_on = DAY
    kind = Happening.REFUSED


class RaidOutcomeFactory(DjangoModelFactory):
    class Meta:
        model = RaidOutcome

    item = factory.SubFactory(RaidItemFactory)
    as_of = DAY
    probability = 0.2
    happened = False
    model = "0" * 64
    stage = Stage.PRIOR
    known_on = date(2026, 6, 29)


class RiskOutcomeFactory(DjangoModelFactory):
    class Meta:
        model = RiskOutcome

    programme = factory.SubFactory(ProgrammeFactory)
    as_of = DAY
    probability = 0.2
    happened = False
    model = "0" * 64
    stage = Stage.PRIOR
    known_on = date(2026, 6, 29)


class ModelCheckFactory(DjangoModelFactory):
    class Meta:
        model = ModelCheck

    target = Target.CRISIS_4W
    as_of = DAY
    model = "0" * 64
    figures = factory.LazyFunction(
        lambda: {
            "weeks": 4,
            "rows": 40,
            "observed": 1,
            "expected": 0.8,
            "ratio": 1.25,
            "low": 0.03,
            "high": 7.0,
            "more": 0.2,
            "fewer": 0.1,
            "slope": None,
            "skill": None,
            "alerts": 0,
            "hits": 0,
        }
    )


@job_args("forecasting.learn_models")
@job_args("forecasting.read_comments")
@job_args("forecasting.watch_models")
@job_args("forecasting.recompute_signals")
@job_args("forecasting.recompute_scores")
@job_args("forecasting.recompute_items")
@job_args("forecasting.recompute_dates")
def recompute_args() -> dict[str, Any]:
    return {}


class CommentLexiconFactory(DjangoModelFactory):
    class Meta:
        model = CommentLexicon

    workload = "overload\nno time"
    resists = "no time"


class CommentTopicFactory(DjangoModelFactory):
    class Meta:
        model = CommentTopic

    number = factory.LazyFunction(lambda: next_reference("TOP"))
    place = 0
    terms = factory.LazyFunction(lambda: ["short staffed", "overtime"])
    comments = 40


class CommentTagFactory(DjangoModelFactory):
    class Meta:
        model = CommentTag

    comment = factory.SubFactory(SurveyCommentFactory)
    resists = True


class CommentModelFactory(DjangoModelFactory):
    class Meta:
        model = CommentModel

    way = "tone"
    learned_at = datetime(2026, 6, 1, 9, tzinfo=UTC)
    comments = 200
    is_used = False
    digest = "0" * 12


class CommentPatternFactory(DjangoModelFactory):
    class Meta:
        model = CommentPattern

    programme = factory.SubFactory(ProgrammeFactory)
    unit = factory.SubFactory(UnitFactory)
    theme = "workload"
    as_of = DAY
    written = 12
    share = 0.5
    rose = 0.95
    is_alert = True
    shares = factory.LazyFunction(lambda: [None] * 10 + [0.25, 0.5])
