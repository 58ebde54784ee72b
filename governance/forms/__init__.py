"""Text in, domain types out."""

from .actions import ActionForm
from .changes import (
    ChangeBaselineForm,
    ChangeCloseForm,
    ChangeFilter,
    ChangeForm,
    ChangeSignForm,
    DeliveryImpactForm,
    PeopleImpactForm,
)
from .charters import AssumptionForm, CharterForm, MeasureForm
from .decisions import BalanceForm, DecideForm, DecisionForm, InputForm, LookForm
from .escalations import CloseForm, EscalationFilter, EscalationForm, ViewForm as EscalationViewForm
from .filters import ActionFilter, DecisionFilter, LookFilter
from .filters_charters import CharterFilter, MoveFilter, ReviewFilter
from .filters_steering import (
    ItemFilter,
    JudgementFilter,
    JudgementOfAllFilter,
    SeatFilter,
    balance_filter,
)
from .groups import GroupForm, SeatForm
from .judgements import JudgementForm, RoundForm
from .meetings import (
    AmendmentForm,
    ChairForm,
    ItemForm,
    MeetingFilter,
    MeetingForm,
    MinuteForm,
    ProposalsForm,
    SeriesForm,
)
from .reviews import FindingForm, MoveForm, OutcomeForm, ReviewForm

__all__ = [
    "ChangeBaselineForm",
    "ChangeCloseForm",
    "ChangeFilter",
    "ChangeForm",
    "ChangeSignForm",
    "DeliveryImpactForm",
    "PeopleImpactForm",
    "JudgementFilter",
    "JudgementOfAllFilter",
    "balance_filter",
    "ItemFilter",
    "SeatFilter",
    "AmendmentForm",
    "BalanceForm",
    "JudgementForm",
    "RoundForm",
    "LookFilter",
    "LookForm",
    "ChairForm",
    "ItemForm",
    "MeetingFilter",
    "MeetingForm",
    "MinuteForm",
    "ProposalsForm",
    "SeriesForm",
    "CloseForm",
    "EscalationFilter",
    "EscalationForm",
    "EscalationViewForm",
    "ActionFilter",
    "ActionForm",
    "AssumptionForm",
    "CharterFilter",
    "CharterForm",
    "DecideForm",
    "DecisionFilter",
    "DecisionForm",
    "FindingForm",
    "GroupForm",
    "InputForm",
    "MeasureForm",
    "MoveFilter",
    "MoveForm",
    "OutcomeForm",
    "ReviewFilter",
    "ReviewForm",
    "SeatForm",
]
