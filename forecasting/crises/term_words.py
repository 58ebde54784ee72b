"""What each term of a model is called on its card."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from ..choices import Target
from ..learning import names
from ..learning.names import Feature, Term
from ..learning.raid import names as raid_names

_OF_PROGRAMMES: dict[str, Any] = {
    "spi_s": _("Schedule index, smoothed"),
    "cpi_s": _("Cost index, smoothed"),
    "burn_ratio_s": _("Spending against plan, smoothed"),
    "spi_slope_6w": _("Change of the schedule index in six weeks"),
    "ms_missed_12w": _("Share of milestones missed in twelve weeks"),
    "ms_due_4w": _("Milestones due in four weeks"),
    "raid_new_4w": _("RAID items opened in four weeks"),
    "raid_open": _("Open RAID items"),
    "raid_overdue_share": _("Share of RAID items overdue for review"),
    "raid_max_score": _("Highest RAID score"),
    "decisions_outstanding_days_p80": _("Days that most decisions have waited"),
    "actions_overdue": _("Late actions"),
    "status_age_w": _("Weeks since the last status report"),
    "replans": _("Moves of go-lives so far"),
    "scope_changes_8w": _("Changes of scope in eight weeks"),
    "rag_reported": _("Reported status"),
    "log_size": _("Size, against the programmes here"),
    "eng_mean": _("Engagement, over all units"),
    "eng_min": _("Engagement in the lowest unit"),
    "eng_low": _("How far engagement lies below usual"),
    "eng_age_w": _("Weeks since the last survey"),
    "response_rate_s": _("Response rate"),
    "train_gap": _("Training behind plan, over all units"),
    "train_gap_max": _("Training behind plan in the worst unit"),
    "resist_4w": _("Signs of resistance in four weeks"),
    "resist_text_4w": _("Share of comments that resist"),
    "weeks_to_golive": _("Weeks to go-live"),
    "near_golive": _("Nearness of go-live"),
    "near_x_eng_low": _("Low engagement near a go-live"),
    "near_x_train_gap": _("Training behind plan near a go-live"),
    "near_x_eng_low_x_train_gap": _("Both of these near a go-live"),
    "near_x_resist_4w": _("Resistance near a go-live"),
    "late_x_eng_low": _("Low engagement in a late programme"),
}
_OF_ITEMS: dict[str, Any] = {
    "score": _("Rating, probability times impact"),
    "likelihood": _("Probability"),
    "impact": _("Impact"),
    "log_update_w": _("Weeks since anybody spoke of it"),
    "log_age_w": _("Age"),
    "mitigated": _("Mitigation in place"),
    "owner_overdue": _("Share of the owner's items that are late"),
    "owner_load": _("Items of the owner"),
    "is_schedule": _("It is about the schedule"),
    "is_cost": _("It is about cost"),
    "is_people": _("It is about people"),
    "is_technical": _("It is about technology"),
    "is_issue": _("It is an issue"),
    "is_assumption": _("It is an assumption"),
    "is_dependency": _("It is a dependency"),
    "reopened": _("Opened again"),
    "blocked_by": _("Milestones it waits for"),
    "weeks_to_due": _("Weeks to its date"),
    "escalated_12w": _("Escalations in the programme in twelve weeks"),
    "alike_escalated_12w": _("Escalations of its category in twelve weeks"),
    "late": _("How far the schedule index lies below 1"),
    "ms_missed_12w": _("Share of milestones missed in twelve weeks"),
    "costly": _("How far the cost index lies below 1"),
    "overspent": _("Spending above plan"),
    "rag_reported": _("Reported status of the programme"),
    "eng_low": _("How far engagement lies below usual"),
    "resist_4w": _("Signs of resistance in four weeks"),
    "near_golive": _("Nearness of go-live"),
    "schedule_x_late": _("About the schedule, in a late programme"),
    "cost_x_costly": _("About cost, in a costly programme"),
    "cost_x_overspent": _("About cost, where spending is above plan"),
    "people_x_eng_low": _("About people, where engagement is low"),
    "people_x_near_x_eng_low": _("About people, with low engagement near a go-live"),
    "score_x_mitigated": _("A high rating with mitigation in place"),
}
LABELS: dict[str, dict[str, Any]] = {
    Target.CRISIS_4W: _OF_PROGRAMMES,
    Target.RAID_ESCALATES_4W: _OF_ITEMS,
}
PARTS: dict[str, dict[str, Feature | Term]] = {
    Target.CRISIS_4W: {each.name: each for each in names.PARTS},
    Target.RAID_ESCALATES_4W: {each.name: each for each in raid_names.PARTS},
}
