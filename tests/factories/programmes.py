"""Programmes, milestones, RAID items, what was reported. All create inside a tenant's context or fail."""

from __future__ import annotations

from datetime import UTC, date, datetime
from unittest.mock import patch

import factory
from factory.django import DjangoModelFactory

from pmo_portal.tenants.services import next_reference
from programmes.choices import (
    RAID_PREFIX,
    AmountKind,
    BudgetCategory,
    FactKind,
    Half,
    ProgrammeRole,
    RaidKind,
    RaidSide,
    RaidStatus,
    Rating,
    Stage,
)
from programmes.models import (
    BaselineDate,
    BudgetAmount,
    BudgetLine,
    Milestone,
    MilestoneForecast,
    MilestoneLink,
    MilestoneUnit,
    PlanBaseline,
    Programme,
    ProgrammeMember,
    ProgrammeUnit,
    RaidItem,
    RaidItemMilestone,
    RaidItemUnit,
    RaidUpdate,
    ReportedFact,
    StatusReport,
)

from .tenants import PersonFactory, UnitFactory

DAY = date(2026, 6, 1)
MOMENT = datetime(2026, 6, 1, 9, tzinfo=UTC)


class RecordFactory(DjangoModelFactory):
    """Takes `created_at`, which the portal never does."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        if "created_at" not in kwargs:
            return super()._create(model_class, *args, **kwargs)
        with patch.object(model_class._meta.get_field("created_at"), "auto_now_add", False):
            return super()._create(model_class, *args, **kwargs)


class ProgrammeFactory(RecordFactory):
    """A programme that was recorded long ago."""

    class Meta:
        model = Programme

    created_at = datetime(2020, 1, 1, 9, tzinfo=UTC)
    number = factory.LazyFunction(lambda: next_reference("P"))
    code = factory.Sequence(lambda n: f"PRG{n}")
    name = factory.Sequence(lambda n: f"Programme {n}")
    stage = Stage.DELIVERY


class ProgrammeUnitFactory(DjangoModelFactory):
    class Meta:
        model = ProgrammeUnit

    programme = factory.SubFactory(ProgrammeFactory)
    unit = factory.SubFactory(UnitFactory)


class ProgrammeMemberFactory(DjangoModelFactory):
    class Meta:
        model = ProgrammeMember

    programme = factory.SubFactory(ProgrammeFactory)
    person = factory.SubFactory(PersonFactory)
    role = ProgrammeRole.CONTRIBUTOR_DELIVERY


class MilestoneFactory(DjangoModelFactory):
    """A milestone with the first word on its date, as the service leaves it."""

    class Meta:
        model = Milestone
        skip_postgeneration_save = True

    number = factory.LazyFunction(lambda: next_reference("M"))
    programme = factory.SubFactory(ProgrammeFactory)
    track = Half.DELIVERY
    name = factory.Sequence(lambda n: f"Milestone {n}")
    baseline_on = date(2026, 9, 1)
    forecast_on = factory.SelfAttribute("baseline_on")

    @factory.post_generation
    def first_word(milestone, create, extracted, **kwargs):  # noqa: N805
        if create and extracted is not False:
            MilestoneForecast.objects.create(
                milestone=milestone,
                baseline_on=milestone.baseline_on,
                forecast_on=milestone.forecast_on,
                actual_on=milestone.actual_on,
                effective_on=kwargs.get("on", DAY),
                known_at=kwargs.get("at", MOMENT),
            )


class MilestoneUnitFactory(DjangoModelFactory):
    class Meta:
        model = MilestoneUnit

    milestone = factory.SubFactory(MilestoneFactory)
    unit = factory.SubFactory(UnitFactory)


class MilestoneForecastFactory(DjangoModelFactory):
    class Meta:
        model = MilestoneForecast

    milestone = factory.SubFactory(MilestoneFactory, first_word=False)
    baseline_on = factory.SelfAttribute("milestone.baseline_on")
    forecast_on = date(2026, 9, 1)
    effective_on = DAY
    known_at = MOMENT


class RaidItemFactory(DjangoModelFactory):
    """An item with its first entry in the log, as the service leaves it."""

    class Meta:
        model = RaidItem
        skip_postgeneration_save = True

    kind = RaidKind.RISK
    number = factory.LazyAttribute(lambda item: next_reference(RAID_PREFIX[RaidKind(item.kind)]))
    programme = factory.SubFactory(ProgrammeFactory)
    side = RaidSide.DELIVERY
    title = factory.Sequence(lambda n: f"Supplier hands over late {n}")
    probability = 3
    impact = 3
    status = RaidStatus.ASSESSED
    opened_on = DAY

    @factory.post_generation
    def first_word(item, create, extracted, **kwargs):  # noqa: N805
        if create and extracted is not False:
            RaidUpdate.objects.create(
                item=item,
                probability=item.probability,
                impact=item.impact,
                status=item.status,
                owner=item.owner,
                review_on=item.review_on,
                escalated_on=item.escalated_on,
                effective_on=item.opened_on,
                known_at=kwargs.get("at", MOMENT),
            )


class RaidItemUnitFactory(DjangoModelFactory):
    class Meta:
        model = RaidItemUnit

    item = factory.SubFactory(RaidItemFactory)
    unit = factory.SubFactory(UnitFactory)


class RaidItemMilestoneFactory(RecordFactory):
    class Meta:
        model = RaidItemMilestone

    item = factory.SubFactory(RaidItemFactory)
    milestone = factory.SubFactory(MilestoneFactory)


class RaidUpdateFactory(DjangoModelFactory):
    class Meta:
        model = RaidUpdate

    item = factory.SubFactory(RaidItemFactory, first_word=False)
    text = factory.Sequence(lambda n: f"Talked to the supplier again {n}")
    probability = 3
    impact = 3
    status = RaidStatus.MONITORING
    effective_on = DAY
    known_at = MOMENT


class StatusReportFactory(DjangoModelFactory):
    class Meta:
        model = StatusReport

    number = factory.LazyFunction(lambda: next_reference("SR"))
    programme = factory.SubFactory(ProgrammeFactory)
    half = Half.DELIVERY
    rating = Rating.AMBER
    sentence = "Testing started late; the plan still holds."
    effective_on = DAY
    known_at = MOMENT


class ReportedFactFactory(DjangoModelFactory):
    class Meta:
        model = ReportedFact

    programme = factory.SubFactory(ProgrammeFactory)
    kind = FactKind.WHOLE_LIFE_COST
    amount = 1_000_000_00
    source = "GMPP 2021"
    effective_on = DAY
    known_at = MOMENT


class BudgetLineFactory(DjangoModelFactory):
    class Meta:
        model = BudgetLine

    number = factory.LazyFunction(lambda: next_reference("B"))
    programme = factory.SubFactory(ProgrammeFactory)
    half = Half.DELIVERY
    category = BudgetCategory.SUPPLIERS
    name = factory.Sequence(lambda n: f"Suppliers {n}")


class BudgetAmountFactory(DjangoModelFactory):
    class Meta:
        model = BudgetAmount

    line = factory.SubFactory(BudgetLineFactory)
    month = date(2026, 6, 1)
    kind = AmountKind.BASELINE
    amount = 1000_00
    version = 1
    effective_on = DAY
    known_at = MOMENT


class MilestoneLinkFactory(RecordFactory):
    class Meta:
        model = MilestoneLink

    number = factory.LazyFunction(lambda: next_reference("ML"))
    before = factory.SubFactory(MilestoneFactory)
    after = factory.SubFactory(
        MilestoneFactory, programme=factory.SelfAttribute("..before.programme")
    )


class PlanBaselineFactory(DjangoModelFactory):
    class Meta:
        model = PlanBaseline

    programme = factory.SubFactory(ProgrammeFactory)
    number = factory.Sequence(lambda n: n + 1)
    name = factory.Sequence(lambda n: f"Agreed plan {n}")
    reason = "The steering group agreed to it."
    taken_on = DAY
    taken_at = MOMENT


class BaselineDateFactory(DjangoModelFactory):
    class Meta:
        model = BaselineDate

    milestone = factory.SubFactory(MilestoneFactory)
    baseline = factory.SubFactory(
        PlanBaselineFactory, programme=factory.SelfAttribute("..milestone.programme")
    )
    expected_on = date(2026, 9, 1)
