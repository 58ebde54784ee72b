"""Asking every address as everybody, without leaving a trace."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from adoption.models import (
    EngagementActivity,
    Headcount,
    Impact,
    ResistanceSignal,
    StakeholderGroup,
    SurveyWave,
    TrainingProgress,
)
from forecasting.cards import SLUG_OF
from forecasting.models import CommentTopic, GoLiveRisk, RiskModel, RiskScore, SharingChoice
from governance.models import (
    Action,
    Attendance,
    ChangeRequest,
    Charter,
    CharterAssumption,
    Decision,
    Escalation,
    GoliveMove,
    GroupMember,
    JudgementRound,
    Meeting,
    MeetingItem,
    Review,
    ReviewLine,
    SteeringGroup,
    SuccessMeasure,
)
from pmo_portal.accounts.models import Invitation
from pmo_portal.desk.models import SavedView
from pmo_portal.jobs.models import Job
from pmo_portal.tenants.models import BusinessUnit, Person
from programmes.models import (
    BudgetLine,
    Milestone,
    MilestoneLink,
    PlanBaseline,
    Programme,
    ProgrammeMember,
    RaidItem,
    StatusReport,
)
from tests.people import BACKEND

from .discovery import Address
from .world import World

# The row an address speaks of, by the beginning of its name; the longest one counts.
SUBJECTS = {
    "programmes:": Programme,
    "programmes:programme_member_": ProgrammeMember,
    "programmes:milestone": Milestone,
    "programmes:link_create": Milestone,
    "programmes:link_edit": MilestoneLink,
    "programmes:link_remove": MilestoneLink,
    "programmes:budget": BudgetLine,
    "programmes:money": Programme,
    "programmes:raid": RaidItem,
    "programmes:status": StatusReport,
    "adoption:": Programme,
    "adoption:wave": SurveyWave,
    "adoption:headcount": BusinessUnit,
    "adoption:headcount_withdraw": Headcount,
    "adoption:headcount_restore": Headcount,
    "adoption:training_withdraw": TrainingProgress,
    "adoption:training_restore": TrainingProgress,
    "adoption:impact": Impact,
    "programmes:baseline_detail": PlanBaseline,
    "adoption:group_": StakeholderGroup,
    "adoption:group_list": Programme,
    "adoption:group_create": Programme,
    "adoption:activity_": EngagementActivity,
    "adoption:activity_list": Programme,
    "adoption:activity_create": Programme,
    "adoption:signal": ResistanceSignal,
    "governance:": Programme,
    "governance:group": SteeringGroup,
    "governance:seat": GroupMember,
    "governance:decision": Decision,
    "governance:escalation": Escalation,
    "governance:change": ChangeRequest,
    "governance:meeting": Meeting,
    "governance:meeting_attend": Attendance,
    "governance:meeting_item": MeetingItem,
    "governance:meeting_item_create": Meeting,
    "governance:agenda": Meeting,
    "governance:chair": SteeringGroup,
    "governance:action": Action,
    "governance:judgement": JudgementRound,
    "governance:charter": Charter,
    "governance:charter_measure": SuccessMeasure,
    "governance:charter_assumption": CharterAssumption,
    "governance:review": Review,
    "governance:review_judge": ReviewLine,
    "governance:move": GoliveMove,
    "forecasting:model": RiskModel,
    "forecasting:sharing": SharingChoice,
    "forecasting:": Programme,
    "forecasting:topic": CommentTopic,
    "forecasting:signal_detail": GoLiveRisk,
    "forecasting:score_unit": RiskScore,
    "scorecards:": Programme,
    "desk:view": SavedView,
    "history:": RaidItem,
    "finder:": RaidItem,
    "jobs:": Job,
    "accounts:unit": BusinessUnit,
    "accounts:person": Person,
    "accounts:invitation": Invitation,
}


def arguments_of(address: Address, world: World) -> dict[str, Any]:
    """What the address takes, from rows of a world. The database must be open on its tenant."""
    prefix = max((p for p in SUBJECTS if address.name.startswith(p)), key=len, default="")
    row = world[SUBJECTS[prefix]] if prefix else None
    if address.name.startswith("jobs:import"):
        row = world.import_job
    if "withdrawn" in address.arguments:
        row = world.withdrawn[type(row)]
    group = row
    if isinstance(row, GroupMember):
        group = row.group
    elif isinstance(row, ReviewLine):
        group = row.review
    elif isinstance(row, Attendance):
        group = row.meeting
    programme = row if isinstance(row, Programme) else getattr(group, "programme", None)
    found: dict[str, Any] = {
        "tenant": world.tenant.slug,
        "code": programme.code if programme else getattr(getattr(row, "unit", row), "code", None),
        "reference": getattr(group, "reference", None),
        "handle": getattr(getattr(row, "person", row), "handle", None),
        "kind": world.import_job.args["kind"],
        "half": "delivery",
        "voice": "delivery",
        "edition": getattr(getattr(row, "charter", row), "edition", None),
        "line": getattr(row, "line", None),
        "recorded": getattr(row, "known_at", None),
        "withdrawn": getattr(row, "withdrawn_at", None),
    }
    if address.name.startswith("accounts:member"):
        found["reference"] = world.people["vic"].membership.reference
    if isinstance(row, GoLiveRisk):
        found |= {"milestone": row.milestone.reference, "unit": row.unit.code}
    if isinstance(row, RiskScore):
        found["unit"] = row.unit.code
    if isinstance(row, RiskModel):
        found |= {"slug": SLUG_OF[row.target], "number": row.number}
    if isinstance(row, SharingChoice):
        found |= {"slug": SLUG_OF[row.target], "version": row.version}
    if isinstance(row, PlanBaseline):
        found["number"] = row.number
    missing = [name for name in address.arguments if found.get(name) is None]
    assert not missing, f"{address.name}: nothing to put in for {missing} (see SUBJECTS)."
    return {name: found[name] for name in address.arguments}


def url_of(address: Address, world: World) -> str:
    return reverse(address.name, kwargs=arguments_of(address, world))


def browser_of(user: Any) -> Client:
    browser = Client(raise_request_exception=False)
    if user is not None:
        browser.force_login(user, backend=BACKEND)
    return browser


def ask(browser: Client, method: str, url: str, data: dict[str, Any] | None = None) -> Any:
    """The answer to a request whose effects are undone."""
    with transaction.atomic():
        answer = browser.generic(method, url) if data is None else browser.post(url, data)
        transaction.set_rollback(True)
    return answer
