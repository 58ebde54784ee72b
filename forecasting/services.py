"""Computing levels and keeping what changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require
from pmo_portal.jobs import services as jobs
from pmo_portal.jobs.models import Job
from pmo_portal.jobs.selectors import waits_since
from pmo_portal.tenants.context import current_tenant_id

from . import events, selectors
from .choices import LOUDEST_FIRST, RAISED, Forecast, Happening, ModelStatus, RiskLevel, Target
from .golive import words as golive_words
from .golive.rule import RULE_VERSION, Assessment, Inputs, Level, Limits, assess
from .in_force.standing import standing_of
from .models import GoLiveRisk, ModelEvent, RiskModel, RiskScore
from .selectors import Pair

RECOMPUTE = "forecasting.recompute_signals"
SCORE = "forecasting.recompute_scores"
SCORE_ITEMS = "forecasting.recompute_items"
SCORE_DATES = "forecasting.recompute_dates"
LEARN = "forecasting.learn_models"
WATCH = "forecasting.watch_models"
READ_COMMENTS = "forecasting.read_comments"
# Several changes in a row (an import, somebody tidying a plan) are answered by one run.
DEBOUNCE = timedelta(seconds=5)
SCORE_DEBOUNCE = timedelta(seconds=20)

Key = tuple[int, int | None, int]


@dataclass(frozen=True)
class Outcome:
    """What the rule says about a pair, in the words that are kept."""

    pair: Pair
    level: str
    causes: list[dict[str, Any]]
    missing: list[str]

    @property
    def key(self) -> Key:
        unit = self.pair.unit
        return self.pair.programme_id, unit.pk if unit else None, self.pair.milestone.pk

    def is_told_by(self, row: GoLiveRisk) -> bool:
        """Whether a row says the same already."""
        return (
            row.level == self.level
            and row.golive_on == self.pair.golive_on
            and row.rule_version == RULE_VERSION
            and [cause["text"] for cause in row.causes] == [cause["text"] for cause in self.causes]
            and row.missing == self.missing
        )

    @property
    def is_raised(self) -> bool:
        return self.level in RAISED

    def goes_on(self, row: GoLiveRisk) -> bool:
        """Whether nothing is to be raised again: it is no louder than before, and for no new reason."""
        if self.is_raised and row.is_raised:
            is_louder = LOUDEST_FIRST.index(RiskLevel(self.level)) < LOUDEST_FIRST.index(RiskLevel(row.level))  # fmt: skip
            return not is_louder and {each["key"] for each in self.causes} <= set(row.cause_keys)
        return row.level == self.level


@dataclass(frozen=True)
class Changes:
    """What a computation changed: outcomes looked at, rows added, rows ended."""

    looked_at: int = 0
    added: int = 0
    ended: int = 0
    raised: int = 0


def judge(pairs: Iterable[Pair], limits: Limits) -> list[Outcome]:
    """Ask the rule about every pair. Pure: nothing is read or written."""
    outcomes = []
    for pair in pairs:
        if pair.inputs is None:
            outcomes.append(_without_units(pair))
            continue
        assessment = assess(pair.inputs, limits)
        if assessment is not None:
            outcomes.append(_in_words(pair, pair.inputs, assessment))
    return outcomes


def _in_words(pair: Pair, inputs: Inputs, assessment: Assessment) -> Outcome:
    causes = [
        {**asdict(cause), "text": golive_words.cause_text(cause, inputs)}
        for cause in assessment.causes
    ]
    return Outcome(
        pair, assessment.level.value, causes, golive_words.missing_texts(assessment, inputs)
    )


def _without_units(pair: Pair) -> Outcome:
    missing = [_("No units are named for this go-live")]
    return Outcome(pair, Level.UNKNOWN.value, [], missing)


def outcomes_as_of(as_of: date, *, programme_ids: Collection[int] | None = None) -> list[Outcome]:
    """What the rule says of a day, from the facts known then. Nothing is written."""
    pairs = selectors.pairs_as_of(as_of, programme_ids=programme_ids)
    return judge(pairs, selectors.limits_for())


@transaction.atomic
def keep_signals(outcomes: list[Outcome], *, as_of: date, at: datetime) -> Changes:
    """Write what changed since the last computation of the whole tenant; end what no longer holds."""
    current = {
        (row.programme_id, row.unit_id, row.milestone_id): row
        for row in GoLiveRisk.objects.current().select_for_update(of=("self",))
    }
    fresh: list[GoLiveRisk] = []
    over: list[int] = []
    raised = 0
    for outcome in outcomes:
        row = current.pop(outcome.key, None)
        if row is not None and outcome.is_told_by(row):
            continue
        if row is not None:
            over.append(row.pk)
        since = row.raised_on if row is not None and outcome.goes_on(row) else as_of
        raised += outcome.is_raised and since == as_of
        fresh.append(_row(outcome, as_of=as_of, at=at, since=since))
    # A go-live that happened, moved away or was removed.
    over.extend(row.pk for row in current.values())
    GoLiveRisk.objects.filter(pk__in=over).update(is_current=False, ended_on=as_of)
    GoLiveRisk.objects.bulk_create(fresh)
    if fresh or over:
        tenant_id = current_tenant_id()
        transaction.on_commit(
            lambda: events.signals_recomputed.send(GoLiveRisk, tenant_id=tenant_id), robust=True
        )
    return Changes(len(outcomes), len(fresh), len(over), raised)


def mark_shown(scores: Iterable[RiskScore], *, at: datetime) -> None:
    """Keep when somebody first saw scores: people act on what they see. No statement where all were seen before.

    A score that is being written anew just now is left to whoever looks next: no page waits for a job.
    """
    unseen = [score.pk for score in scores if score.shown_at is None]
    if unseen:
        free = RiskScore.objects.filter(pk__in=unseen, shown_at__isnull=True).select_for_update(
            skip_locked=True, of=("self",)
        )
        RiskScore.objects.filter(pk__in=free.order_by().values("pk")).update(shown_at=at)


def _row(outcome: Outcome, *, as_of: date, at: datetime, since: date) -> GoLiveRisk:
    programme_id, unit_id, milestone_id = outcome.key
    return GoLiveRisk(
        programme_id=programme_id,
        unit_id=unit_id,
        milestone_id=milestone_id,
        as_of=as_of,
        raised_on=since,
        golive_on=outcome.pair.golive_on,
        level=outcome.level,
        causes=outcome.causes,
        missing=outcome.missing,
        rule_version=RULE_VERSION,
        computed_at=at,
    )


def recompute(*, as_of: date, at: datetime) -> Changes:
    """Compute every level of the tenant as of a day and keep what changed.

    Days are to be given in order: called once for each day of the past it leaves the history that nightly
    runs would have left.
    """
    return keep_signals(outcomes_as_of(as_of), as_of=as_of, at=at)


def ask_to_recompute(*, acting: Member | None = None, delay: timedelta = DEBOUNCE) -> Job | None:
    """Ask for one recomputation of the tenant; None when one is waiting already."""
    return jobs.enqueue(
        RECOMPUTE,
        title=_("Recompute the signals before go-lives"),
        slot=f"{RECOMPUTE}:{current_tenant_id()}",
        acting=acting,
        coalesce=True,
        delay=delay,
    )


def ask_to_score(*, acting: Member | None = None, delay: timedelta = SCORE_DEBOUNCE) -> Job | None:
    """Ask for the scores of the tenant to be computed again; None when that is waiting already."""
    return jobs.enqueue(
        SCORE,
        title=_("Compute the risk scores"),
        slot=f"{SCORE}:{current_tenant_id()}",
        acting=acting,
        coalesce=True,
        delay=delay,
    )


def ask_to_score_dates() -> Job | None:
    """Ask for dates, which look at the schedules of their programmes, and for the readiness of units to be computed again;
    None when that is waiting already."""
    return jobs.enqueue(
        SCORE_DATES,
        title=_("Compute when milestones will be reached and whether units will be ready"),
        slot=f"{SCORE_DATES}:{current_tenant_id()}",
        coalesce=True,
    )


def ask_to_score_items() -> Job | None:
    """Ask for the risks of RAID items to be computed again, which look at the scores of their programmes; None when that is
    waiting already."""
    return jobs.enqueue(
        SCORE_ITEMS,
        title=_("Compute the risks of RAID items"),
        slot=f"{SCORE_ITEMS}:{current_tenant_id()}",
        coalesce=True,
    )


def signals_wait_since() -> datetime | None:
    """Since when the signals have waited for workers to compute them, where that is longer than usual."""
    return waits_since(f"{RECOMPUTE}:{current_tenant_id()}")


def scores_wait_since() -> datetime | None:
    """The same of the scores of programmes."""
    return waits_since(f"{SCORE}:{current_tenant_id()}")


def ask_now(programme: Any, *, acting: Member) -> Job | None:
    """A lead does not want to wait.

    Raises:
        NotAllowed: the member is no lead.
    """
    require(acting, "forecasting.signal_recompute", programme)
    ask_to_score(acting=acting, delay=timedelta(0))
    return ask_to_recompute(acting=acting, delay=timedelta(0))


# --- the models in use --------------------------------------------------------------------------------------


def ask_to_learn(*, because: str = "", acting: Member | None = None) -> Job | None:
    """Ask for the weeks that are over to be learned from; None when that is waiting already.

    Args:
        because: `alarm`, `import` or `asked`; without a reason only what is due is learned.
    """
    return jobs.enqueue(
        LEARN,
        title=_("Learn from the weeks that are over"),
        args={"because": because},
        slot=f"{LEARN}:{current_tenant_id()}",
        acting=acting,
        coalesce=True,
        delay=SCORE_DEBOUNCE,
    )


def ask_to_watch() -> Job | None:
    """Ask for what was told to be compared with what came; None when that is waiting already."""
    return jobs.enqueue(
        WATCH,
        title=_("Compare forecasts with what happened"),
        slot=f"{WATCH}:{current_tenant_id()}",
        coalesce=True,
        delay=SCORE_DEBOUNCE,
    )


def ask_to_read_comments(acting: Member | None = None) -> Job | None:
    """Ask for comments to be read and counted anew; None when that is waiting already."""
    return jobs.enqueue(
        READ_COMMENTS,
        title=_("Read what comments say"),
        slot=f"{READ_COMMENTS}:{current_tenant_id()}",
        acting=acting,
        coalesce=True,
        delay=SCORE_DEBOUNCE,
    )


def both_locked(target: Target) -> tuple[RiskModel | None, RiskModel | None]:
    """What is in use for a target and its challenger, either of which may be none. Who changes one of them waits for whoever did so first.

    So it is where there is no row yet to wait for: the target itself is locked until the transaction ends.
    """
    with connection.cursor() as cursor:
        key = f"pmo-models:{current_tenant_id()}:{target.value}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [key])
    kept = {
        each.status: each
        for each in RiskModel.objects.select_for_update(of=("self",))
        .filter(target=target, status__in=[ModelStatus.CHAMPION, ModelStatus.CANDIDATE])
        .order_by("pk")
    }
    return kept.get(ModelStatus.CHAMPION), kept.get(ModelStatus.CANDIDATE)


def retire(target: Target) -> RiskModel | None:
    """Take the model of a target out of use; what lessons start from takes its place (`sharing.prior.start_of`). Returns it."""
    champion = (
        RiskModel.objects.select_for_update(of=("self",))
        .filter(target=target, status=ModelStatus.CHAMPION)
        .first()
    )
    if champion is not None:
        champion.status = ModelStatus.RETIRED
        champion.save(update_fields=["status"])
    return champion


def note(
    kind: Happening,
    target: Target | Forecast,
    *,
    on: date,
    model: RiskModel | None = None,
    acting: Member | None = None,
    details: dict[str, Any] | None = None,
) -> ModelEvent:
    """Note what happened to a model, or to what is told from records, by the rules of the portal or by a person."""
    return ModelEvent.objects.create(
        kind=kind,
        target=target,
        happened_on=on,
        model=model,
        by=acting.user if acting else None,
        details=details or {},
    )


@transaction.atomic
def set_aside(model: RiskModel, *, acting: Member, on: date) -> bool:
    """Use the shipped prior instead of a model, until a person decides otherwise. False where it was not in use any more.

    Raises:
        NotAllowed: the member may not decide on models.
    """
    require(acting, "forecasting.model_change", model)
    target = Target(model.target)
    champion, _challenger = both_locked(target)
    if champion != model:
        return False
    retire(target)
    note(Happening.SET_ASIDE, target, on=on, model=model, acting=acting)
    ask_to_score(acting=acting, delay=timedelta(0))
    return True


@transaction.atomic
def reinstate(model: RiskModel, *, acting: Member, on: date) -> bool:
    """Use a model again; it stays until a lesson is surely better on what came since. False where it is in use already.

    Raises:
        NotAllowed: the member may not decide on models.
    """
    require(acting, "forecasting.model_change", model)
    target = Target(model.target)
    champion, _challenger = both_locked(target)
    if champion == model:
        return False
    retire(target)
    RiskModel.objects.filter(pk=model.pk).update(
        status=ModelStatus.CHAMPION, approved_by=acting.user
    )
    note(Happening.REINSTATED, target, on=on, model=model, acting=acting)
    ask_to_score(acting=acting, delay=timedelta(0))
    return True


@transaction.atomic
def resume(target: Target, *, acting: Member, on: date) -> bool:
    """Let lessons come into use again, after a fall-back or a person's decision. False where they do already.

    Raises:
        NotAllowed: the member may not decide on models.
    """
    require(acting, "forecasting.model_change")
    held = standing_of(target)
    if held.hold is None:
        return False
    model = held.event.model if held.event else None
    note(Happening.RESUMED, target, on=on, model=model, acting=acting)
    ask_to_learn(because="asked", acting=acting)
    return True
