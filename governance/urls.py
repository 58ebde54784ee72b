from django.urls import path

from .views import (
    actions,
    agendas,
    balance,
    calendars,
    chairs,
    change_signing,
    changes,
    charter_lines,
    charters,
    decisions,
    escalations,
    groups,
    judgements,
    looks,
    meetings,
    moves,
    reviews,
    signing,
)

app_name = "governance"

urlpatterns = [
    path("escalations/", escalations.escalation_all, name="escalation_all"),
    path("p/<str:code>/escalations/", escalations.escalation_list, name="escalation_list"),
    path("p/<str:code>/escalations/new/", escalations.escalation_create, name="escalation_create"),
    path(
        "p/<str:code>/escalations/<str:reference>/",
        escalations.escalation_detail,
        name="escalation_detail",
    ),
    path(
        "p/<str:code>/escalations/<str:reference>/edit/",
        escalations.escalation_edit,
        name="escalation_edit",
    ),
    path(
        "p/<str:code>/escalations/<str:reference>/view/",
        escalations.escalation_answer,
        name="escalation_answer",
    ),
    path(
        "p/<str:code>/escalations/<str:reference>/close/",
        escalations.escalation_close,
        name="escalation_close",
    ),
    path(
        "p/<str:code>/escalations/<str:reference>/reopen/",
        escalations.escalation_reopen,
        name="escalation_reopen",
    ),
    path(
        "p/<str:code>/escalations/<str:reference>/remove/",
        escalations.escalation_remove,
        name="escalation_remove",
    ),
    path("changes/", changes.change_all, name="change_all"),
    path("p/<str:code>/changes/", changes.change_list, name="change_list"),
    path("p/<str:code>/changes/new/", changes.change_create, name="change_create"),
    path(
        "p/<str:code>/changes/<str:reference>/",
        changes.change_detail,
        name="change_detail",
    ),
    path("p/<str:code>/changes/<str:reference>/edit/", changes.change_edit, name="change_edit"),
    path(
        "p/<str:code>/changes/<str:reference>/delivery/",
        changes.change_delivery,
        name="change_delivery",
    ),
    path(
        "p/<str:code>/changes/<str:reference>/people/",
        changes.change_people,
        name="change_people",
    ),
    path(
        "p/<str:code>/changes/<str:reference>/offer/",
        change_signing.change_offer,
        name="change_offer",
    ),
    path(
        "p/<str:code>/changes/<str:reference>/sign/<slug:voice>/",
        change_signing.change_sign,
        name="change_sign",
    ),
    path(
        "p/<str:code>/changes/<str:reference>/sign/<slug:voice>/withdraw/",
        change_signing.change_unsign,
        name="change_unsign",
    ),
    path(
        "p/<str:code>/changes/<str:reference>/withdraw/",
        change_signing.change_withdraw,
        name="change_withdraw",
    ),
    path(
        "p/<str:code>/changes/<str:reference>/take-up/",
        change_signing.change_take_up,
        name="change_take_up",
    ),
    path(
        "p/<str:code>/changes/<str:reference>/baseline/",
        changes.change_baseline,
        name="change_baseline",
    ),
    path("p/<str:code>/changes/<str:reference>/close/", changes.change_close, name="change_close"),
    path(
        "p/<str:code>/changes/<str:reference>/resume/", changes.change_resume, name="change_resume"
    ),
    path(
        "p/<str:code>/changes/<str:reference>/remove/", changes.change_remove, name="change_remove"
    ),
    path("judgements/", judgements.judgement_all, name="judgement_all"),
    path("p/<str:code>/judgements/", judgements.judgement_list, name="judgement_list"),
    path("p/<str:code>/judgements/new/", judgements.judgement_create, name="judgement_create"),
    path(
        "p/<str:code>/judgements/<str:reference>/",
        judgements.judgement_detail,
        name="judgement_detail",
    ),
    path(
        "p/<str:code>/judgements/<str:reference>/say/<slug:voice>/",
        judgements.judgement_give,
        name="judgement_give",
    ),
    path(
        "p/<str:code>/judgements/<str:reference>/remove/",
        judgements.judgement_remove,
        name="judgement_remove",
    ),
    path("balance/", balance.balance_all, name="balance_all"),
    path("p/<str:code>/balance/", balance.balance_detail, name="balance_detail"),
    path("p/<str:code>/balance/<slug:voice>/", balance.balance_comment, name="balance_comment"),
    path("decisions/again/", looks.decision_again_all, name="decision_again_all"),
    path("p/<str:code>/decisions/again/", looks.decision_again, name="decision_again"),
    path("p/<str:code>/decisions/<str:reference>/look/", looks.decision_look, name="decision_look"),
    path("decisions/", decisions.decision_all, name="decision_all"),
    path("p/<str:code>/steering/", groups.group_list, name="group_list"),
    path("steering/seats/", groups.seat_all, name="seat_all"),
    path("p/<str:code>/steering/seats/", groups.seat_list, name="seat_list"),
    path("p/<str:code>/steering/new/", groups.group_create, name="group_create"),
    path("p/<str:code>/steering/<str:reference>/", groups.group_detail, name="group_detail"),
    path("p/<str:code>/steering/<str:reference>/edit/", groups.group_edit, name="group_edit"),
    path("p/<str:code>/steering/<str:reference>/remove/", groups.group_remove, name="group_remove"),
    path(
        "p/<str:code>/steering/<str:reference>/give-seat/", groups.seat_create, name="seat_create"
    ),
    path(
        "p/<str:code>/steering/<str:reference>/seats/<slug:handle>/",
        groups.seat_edit,
        name="seat_edit",
    ),
    path(
        "p/<str:code>/steering/<str:reference>/seats/<slug:handle>/leave/",
        groups.seat_leave,
        name="seat_leave",
    ),
    path(
        "p/<str:code>/steering/<str:reference>/seats/<slug:handle>/restore/",
        groups.seat_restore,
        name="seat_restore",
    ),
    path("p/<str:code>/steering/<str:reference>/chairs/", chairs.chair_plan, name="chair_plan"),
    path(
        "p/<str:code>/steering/<str:reference>/chairs/series/",
        chairs.chair_series,
        name="chair_series",
    ),
    path(
        "p/<str:code>/steering/<str:reference>/chairs/alternate/",
        chairs.chair_alternate,
        name="chair_alternate",
    ),
    path("meetings/calendar.ics", calendars.calendar_all, name="calendar_all"),
    path("p/<str:code>/meetings/calendar.ics", calendars.calendar_list, name="calendar_list"),
    path(
        "p/<str:code>/meetings/<str:reference>/calendar.ics",
        calendars.meeting_calendar,
        name="meeting_calendar",
    ),
    path("meetings/items/", agendas.meeting_item_all, name="meeting_item_all"),
    path("p/<str:code>/meetings/items/", agendas.meeting_item_list, name="meeting_item_list"),
    path("meetings/", meetings.meeting_all, name="meeting_all"),
    path("p/<str:code>/meetings/", meetings.meeting_list, name="meeting_list"),
    path("p/<str:code>/meetings/new/", meetings.meeting_create, name="meeting_create"),
    path("p/<str:code>/meetings/<str:reference>/", meetings.meeting_detail, name="meeting_detail"),
    path("p/<str:code>/meetings/<str:reference>/pack/", meetings.meeting_pack, name="meeting_pack"),
    path("p/<str:code>/meetings/<str:reference>/edit/", meetings.meeting_edit, name="meeting_edit"),
    path(
        "p/<str:code>/meetings/<str:reference>/chair/", chairs.meeting_chair, name="meeting_chair"
    ),
    path(
        "p/<str:code>/meetings/<str:reference>/cancel/",
        meetings.meeting_cancel,
        name="meeting_cancel",
    ),
    path(
        "p/<str:code>/meetings/<str:reference>/reinstate/",
        meetings.meeting_reinstate,
        name="meeting_reinstate",
    ),
    path(
        "p/<str:code>/meetings/<str:reference>/remove/",
        meetings.meeting_remove,
        name="meeting_remove",
    ),
    path(
        "p/<str:code>/meetings/<str:reference>/attendance/<slug:handle>/",
        meetings.meeting_attend,
        name="meeting_attend",
    ),
    path(
        "p/<str:code>/meetings/<str:reference>/approve/",
        meetings.meeting_approve,
        name="meeting_approve",
    ),
    path(
        "p/<str:code>/meetings/<str:reference>/amend/", meetings.meeting_amend, name="meeting_amend"
    ),
    path(
        "p/<str:code>/meetings/<str:reference>/agenda/",
        agendas.meeting_agenda,
        name="meeting_agenda",
    ),
    path(
        "p/<str:code>/meetings/<str:reference>/agenda/share/",
        agendas.agenda_share,
        name="agenda_share",
    ),
    path(
        "p/<str:code>/meetings/<str:reference>/agenda/new/",
        agendas.meeting_item_create,
        name="meeting_item_create",
    ),
    path(
        "p/<str:code>/agenda/<str:reference>/edit/",
        agendas.meeting_item_edit,
        name="meeting_item_edit",
    ),
    path(
        "p/<str:code>/agenda/<str:reference>/minutes/",
        agendas.meeting_item_minutes,
        name="meeting_item_minutes",
    ),
    path(
        "p/<str:code>/agenda/<str:reference>/move/",
        agendas.meeting_item_move,
        name="meeting_item_move",
    ),
    path(
        "p/<str:code>/agenda/<str:reference>/remove/",
        agendas.meeting_item_remove,
        name="meeting_item_remove",
    ),
    path("p/<str:code>/decisions/", decisions.decision_list, name="decision_list"),
    path("p/<str:code>/decisions/new/", decisions.decision_create, name="decision_create"),
    path(
        "p/<str:code>/decisions/<str:reference>/",
        decisions.decision_detail,
        name="decision_detail",
    ),
    path(
        "p/<str:code>/decisions/<str:reference>/edit/",
        decisions.decision_edit,
        name="decision_edit",
    ),
    path(
        "p/<str:code>/decisions/<str:reference>/view/<slug:voice>/",
        decisions.decision_input,
        name="decision_input",
    ),
    path(
        "p/<str:code>/decisions/<str:reference>/decide/",
        decisions.decision_decide,
        name="decision_decide",
    ),
    path(
        "p/<str:code>/decisions/<str:reference>/withdraw/",
        decisions.decision_withdraw,
        name="decision_withdraw",
    ),
    path(
        "p/<str:code>/decisions/<str:reference>/remove/",
        decisions.decision_remove,
        name="decision_remove",
    ),
    path("actions/", actions.action_all, name="action_all"),
    path("p/<str:code>/actions/", actions.action_list, name="action_list"),
    path("p/<str:code>/actions/new/", actions.action_create, name="action_create"),
    path("p/<str:code>/actions/<str:reference>/", actions.action_detail, name="action_detail"),
    path("p/<str:code>/actions/<str:reference>/edit/", actions.action_edit, name="action_edit"),
    path("p/<str:code>/actions/<str:reference>/done/", actions.action_finish, name="action_finish"),
    path("p/<str:code>/actions/<str:reference>/drop/", actions.action_drop, name="action_drop"),
    path(
        "p/<str:code>/actions/<str:reference>/reopen/", actions.action_reopen, name="action_reopen"
    ),
    path(
        "p/<str:code>/actions/<str:reference>/remove/", actions.action_remove, name="action_remove"
    ),
    path("charters/", charters.charter_list, name="charter_list"),
    path("reviews/", reviews.review_all, name="review_all"),
    path("golives/moves/", moves.move_all, name="move_all"),
    path("p/<str:code>/charter/", charters.charter_detail, name="charter_detail"),
    path("p/<str:code>/charter/new/", charters.charter_create, name="charter_create"),
    path("p/<str:code>/charter/<int:edition>/", charters.charter_edition, name="charter_edition"),
    path("p/<str:code>/charter/<int:edition>/edit/", charters.charter_edit, name="charter_edit"),
    path("p/<str:code>/charter/<int:edition>/offer/", charters.charter_offer, name="charter_offer"),
    path(
        "p/<str:code>/charter/<int:edition>/remove/", charters.charter_remove, name="charter_remove"
    ),
    path(
        "p/<str:code>/charter/<int:edition>/changes/",
        charters.charter_changes,
        name="charter_changes",
    ),
    path(
        "p/<str:code>/charter/<int:edition>/sign/<slug:voice>/",
        signing.charter_sign,
        name="charter_sign",
    ),
    path(
        "p/<str:code>/charter/<int:edition>/withdraw/<slug:voice>/",
        signing.charter_withdraw,
        name="charter_withdraw",
    ),
    path(
        "p/<str:code>/charter/<int:edition>/measures/new/",
        charter_lines.measure_create,
        name="charter_measure_create",
    ),
    path(
        "p/<str:code>/charter/<int:edition>/measures/<int:line>/edit/",
        charter_lines.measure_edit,
        name="charter_measure_edit",
    ),
    path(
        "p/<str:code>/charter/<int:edition>/measures/<int:line>/remove/",
        charter_lines.measure_remove,
        name="charter_measure_remove",
    ),
    path(
        "p/<str:code>/charter/<int:edition>/measures/<int:line>/restore/",
        charter_lines.measure_restore,
        name="charter_measure_restore",
    ),
    path(
        "p/<str:code>/charter/<int:edition>/assumptions/new/",
        charter_lines.assumption_create,
        name="charter_assumption_create",
    ),
    path(
        "p/<str:code>/charter/<int:edition>/assumptions/<int:line>/edit/",
        charter_lines.assumption_edit,
        name="charter_assumption_edit",
    ),
    path(
        "p/<str:code>/charter/<int:edition>/assumptions/<int:line>/remove/",
        charter_lines.assumption_remove,
        name="charter_assumption_remove",
    ),
    path(
        "p/<str:code>/charter/<int:edition>/assumptions/<int:line>/restore/",
        charter_lines.assumption_restore,
        name="charter_assumption_restore",
    ),
    path("p/<str:code>/reviews/", reviews.review_list, name="review_list"),
    path("p/<str:code>/reviews/<str:reference>/", reviews.review_detail, name="review_detail"),
    path("p/<str:code>/reviews/<str:reference>/edit/", reviews.review_edit, name="review_edit"),
    path(
        "p/<str:code>/reviews/<str:reference>/lines/<int:line>/<slug:voice>/",
        reviews.review_judge,
        name="review_judge",
    ),
    path(
        "p/<str:code>/reviews/<str:reference>/complete/<slug:voice>/",
        reviews.review_complete,
        name="review_complete",
    ),
    path(
        "p/<str:code>/reviews/<str:reference>/reopen/<slug:voice>/",
        reviews.review_reopen,
        name="review_reopen",
    ),
    path(
        "p/<str:code>/reviews/<str:reference>/decision/",
        reviews.review_decision,
        name="review_decision",
    ),
    path(
        "p/<str:code>/reviews/<str:reference>/action/", reviews.review_action, name="review_action"
    ),
    path("p/<str:code>/reviews/<str:reference>/link/", reviews.review_link, name="review_link"),
    path(
        "p/<str:code>/reviews/<str:reference>/unlink/", reviews.review_unlink, name="review_unlink"
    ),
    path("p/<str:code>/golives/moves/", moves.move_list, name="move_list"),
    path("p/<str:code>/golives/moves/<str:reference>/", moves.move_detail, name="move_detail"),
    path(
        "p/<str:code>/golives/moves/<str:reference>/reason/",
        moves.move_explain,
        name="move_explain",
    ),
]
