"""The card of a model: what is in use for a target, what it was worth, and whether it still holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from pmo_portal.common.levels import State

from ..choices import Origin, Stage, Target
from ..in_force import words as standing_words
from ..in_force.level_here import digest, level_here, told
from ..in_force.standing import Hold, Standing
from ..learning import names
from ..learning.levels import Level
from ..learning.raid import names as raid_names
from ..models import Lesson, ModelCheck, RiskModel
from ..numbers import four, one, two
from ..sharing import words as shared_words
from ..sharing.prior import Start, shipped_start
from .checks import alarm_texts, drifts, is_without_forecasts
from .lessons import counted, is_from_shared, verdict_text, verdict_words
from .reports import Measured, is_better, measured
from .targets import LIMITS, PREDICTS, SLUG_OF
from .weights import Term, pools, terms, unmeasured

# A corrected level is news to leads and administrators for so many days.
NEWS_FOR = 28


@dataclass(frozen=True)
class ModelCard:
    """What is in use for a target, and what is known of it.

    Attributes:
        prior: what lessons start from now; the shipped one where nothing is said.
        learned_from: what the model in use started from, which may have been another; as `prior` where nothing is said.
    """

    target: Target
    model: RiskModel | None
    lesson: Lesson | None
    check: ModelCheck | None
    standing: Standing = field(default_factory=Standing)
    challenger: RiskModel | None = None
    prior: Start | None = None
    learned_from: Start | None = None

    @property
    def start(self) -> Start:
        return self.prior or shipped_start(self.target)

    @property
    def began(self) -> Start:
        """What is in use, or was learned from: with a model of one's own not always what lessons start from now."""
        return self.learned_from or self.start

    @property
    def slug(self) -> str:
        return SLUG_OF[self.target.value]

    @property
    def label(self) -> str:
        return str(self.target.label)

    @property
    def predicts(self) -> str:
        return str(PREDICTS[self.target])

    @property
    def stage(self) -> Stage:
        if self.model:
            return Stage(self.model.stage)
        is_levelled = self.level is not None and not self.start.is_shared
        return Stage.LEVELLED if is_levelled else self.start.stage

    @property
    def level(self) -> Level | None:
        """The level the prior is told on; None where a model is in use, or where it is told as it is."""
        return None if self.model else level_here(self.lesson, self.start, self.standing)

    @property
    def numbers(self) -> Mapping[str, Any]:
        return self.model.numbers if self.model else told(self.start, self.level)

    @property
    def digest(self) -> str:
        """Of what is told."""
        return self.model.digest if self.model else digest(self.start, self.level)

    @property
    def beside(self) -> str:
        """Of what a challenger stands beside: a level moves with every lesson, and is no other prior."""
        return self.model.digest if self.model else self.start.digest

    @property
    def level_text(self) -> str:
        """How often the level of here expects a crisis; empty where the prior is told as it is, as it always is of items (0051)."""
        if self.level is None:
            return ""
        return _("Before a crisis: %(here)s%% of weeks") % {"here": one(100 * self.level.base)}

    @property
    def slope_text(self) -> str:
        """What the level of here makes of differences; empty where the prior is told as it is."""
        if self.level is None:
            return ""
        words = _("Differences between programmes count %(slope)s times what they do in the prior.")
        return words % {"slope": two(self.level.slope)}

    @property
    def name(self) -> str:
        if self.model:
            return _("Model %(number)s") % {"number": self.model.number}
        return shared_words.name_of(self.start)

    @property
    def started(self) -> str:
        """The prior that is in use or was learned from, and whether it was measured anywhere."""
        return shared_words.started_text(self.began)

    @property
    def tried(self) -> str:
        """What the last lesson found of a prior of other organisations; empty where it tried none."""
        return shared_words.tried_text(self.lesson.verdict if self.lesson else None)

    @property
    def limits(self) -> tuple[Any, ...]:
        return LIMITS[self.target]

    @property
    def is_of_items(self) -> bool:
        """Whether it is about RAID items, and not about programmes."""
        return self.target is Target.RAID_ESCALATES_4W

    @property
    def verdict(self) -> str:
        """Whether its last lesson was put to the test on programmes it was not learned from, and what came of that."""
        if self.lesson and self.was_chosen:
            return verdict_words(self.lesson.verdict, chosen=True)
        return verdict_text(self.lesson)

    @property
    def was_chosen(self) -> bool:
        """Whether a person put into use what the last lesson left as challenger."""
        return bool(self.model and self.lesson and self.lesson.challenger == self.model.number)

    @property
    def basis(self) -> str:
        """Whether it was measured."""
        if self.model and (
            self.model.origin == Origin.SHIFTED or self.numbers["about"].get("level_since")
        ):
            return _("Its level was corrected after an alarm")
        return {
            Stage.PRIOR: _("Assumed, not measured"),
            Stage.LEVELLED: _("Assumed, on the level of what happened here"),
            Stage.SHARED: _("Prior of %(others)s, measured there")
            % {"others": shared_words.organisations_text(self.start.organisations)},
            Stage.RECALIBRATED: _("The prior, moved by what happened here"),
            Stage.OWN: _("Measured on what happened here"),
        }[self.stage]

    @property
    def state(self) -> State:
        if self.check is None or (not self.check.alarms and not self.check.figures["weeks"]):
            return State.NONE
        if self.check.alarms:
            return State.BAD
        return State.WARN if drifts(self.check) else State.OK

    @property
    def state_word(self) -> str:
        if self.check is not None and is_without_forecasts(self.check):
            return _("Nothing to compare")
        if self.check is None or (not self.check.alarms and not self.check.figures["weeks"]):
            return _("Nothing to compare yet")
        if self.check.alarms:
            return _("Alarm")
        return _("To be watched") if drifts(self.check) else _("Comes true")

    @property
    def history(self) -> str:
        """What there was to learn from, and what is needed for more."""
        if self.lesson is None:
            return _("Nothing has been learned from here yet")
        return counted(self.target, self.lesson.events, self.lesson.programmes)

    @property
    def words(self) -> str:
        """What the words of RAID items would add; empty for other forecasts, and where no lesson looked at them."""
        if self.lesson is None or "words" not in self.lesson.left_out:
            return ""
        found = self.lesson.left_out["words"]
        if found is None:
            return _(
                "Too few items, or too few that escalated, to learn anything from their words."
            )
        gain, low, high = (four(each) for each in found["gain"])
        return _(
            "With them the AUC would be %(with)s instead of %(told)s, and the gain in log loss %(gain)s (80%% of such: %(low)s to %(high)s). Scores do not use them."
        ) % {
            "with": two(found["auc"]["with_words"][0]),
            "told": two(found["auc"]["told"][0]),
            "gain": gain,
            "low": low,
            "high": high,
        }

    @property
    def needed(self) -> str:
        """From when this organisation's own history counts; empty where it does fully."""
        if self.stage is Stage.OWN:
            return ""
        wants_own = self.stage is Stage.RECALIBRATED
        if self.is_of_items:
            programmes = raid_names.PROGRAMMES_FROM
            events = raid_names.OWN_FROM if wants_own else raid_names.RECALIBRATED_FROM
            text = (
                _("From %(events)s escalated items on all weights are learned here, unless something speaks against it")
                if wants_own
                else _("From %(events)s escalated items in %(programmes)s programmes on the level is learned here, unless something speaks against it")
            )  # fmt: skip
        else:
            programmes, events = names.OWN_FROM if wants_own else names.RECALIBRATED_FROM
            text = (
                _("From %(events)s crises in %(programmes)s programmes on it counts as a model of your own")
                if wants_own
                else _("From %(events)s crises in %(programmes)s programmes on your own history moves its order too, unless something speaks against it")
            )  # fmt: skip
        lesson = self.lesson
        if lesson and lesson.events >= events and lesson.programmes >= programmes:
            # So many happened already: what is missing is no count. What passed and is not in use is held, which is said.
            is_refused = lesson.verdict.get("tried") and not lesson.verdict.get("promoted")
            return _("Enough has happened here; the model trained on it has yet to pass the test") if is_refused else ""  # fmt: skip
        return text % {"events": events, "programmes": programmes}

    @property
    def measured(self) -> list[Measured]:
        was_tried = self.lesson is not None and bool(self.lesson.verdict.get("tried"))
        return measured(
            self.lesson.left_out if self.lesson else {},
            refused=was_tried and not (self.model and self._is_measured),
            is_shared=self.lesson is not None and is_from_shared(self.lesson.verdict),
        )

    @property
    def _is_measured(self) -> bool:
        """Whether the figures of the last lesson are of what is in use: of the model it made, or of the prior where there is none."""
        if self.model is None:
            # Without a slope there is no order that could be better than another.
            return self.level is None or self.level.slope > 0
        if self.was_chosen:
            return True
        is_made = self.lesson is not None and self.lesson.model_id == self.model.pk
        return is_made and self.model.origin == Origin.LEARNED

    @property
    def finding(self) -> str:
        """The heading of its page: never better than it was measured to be."""
        # A model that was tried and not used is not what is in use, nor is one whose lesson is held back.
        who = "model" if self.model else "prior"
        found = is_better(self.target, self.lesson.left_out if self.lesson else {}, who)
        is_held = bool(self.lesson and self.lesson.verdict.get("held"))
        if found is None or is_held or not self._is_measured:
            return _("%(name)s is in use: %(basis)s") % {
                "name": self.name,
                "basis": self.basis.lower(),
            }
        if self.is_of_items:
            words = (
                _("%(name)s ranks items better than probability times impact does")
                if found
                else _("%(name)s was not shown to rank items better than probability times impact does")
            )  # fmt: skip
        else:
            words = (
                _("%(name)s ranks programmes better than their reported status does")
                if found
                else _("%(name)s was not shown to rank programmes better than their reported status does")
            )  # fmt: skip
        return words % {"name": self.name}

    @property
    def holds(self) -> list[str]:
        """What holds, since when, and what ends it."""
        return standing_words.long(self.standing, self.lesson.verdict if self.lesson else None)

    @property
    def alarms(self) -> list[str]:
        """What is not as it should be by the last weekly check."""
        return alarm_texts(self.check) if self.check else []

    def notice(self, today: date) -> list[str]:
        """What leads and administrators are to know wherever they are; nothing while all is well.

        Open alarms, a fall-back as long as it holds, and a corrected level for some weeks.
        """
        anew = self.standing.anew
        is_news = (
            self.standing.level is not None and anew is not None and (today - anew).days <= NEWS_FOR
        )
        told = [*self.alarms]
        if self.standing.hold is Hold.FELL_BACK or is_news:
            told.append(standing_words.short(self.standing))
        return told

    @property
    def pools(self) -> list[tuple[str, float]]:
        """The odds of each portfolio against a programme of none, the highest first."""
        return pools(self.numbers)

    @property
    def rhythm(self) -> str:
        return _("Every week") if self.target is Target.CRISIS_4W else _("Every four weeks")

    @property
    def terms(self) -> list[Term]:
        """Every term with its weight, the strongest first."""
        return terms(self.target, self.numbers, self.began.numbers)

    @property
    def unmeasured(self) -> str:
        return unmeasured(self.began)
