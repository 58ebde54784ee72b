from django.urls import path

from .views import actions, decisions, groups

app_name = "governance"

urlpatterns = [
    path("decisions/", decisions.decision_all, name="decision_all"),
    path("p/<str:code>/steering/", groups.group_list, name="group_list"),
    path("p/<str:code>/steering/new/", groups.group_create, name="group_create"),
    path("p/<str:code>/steering/<str:reference>/", groups.group_detail, name="group_detail"),
    path("p/<str:code>/steering/<str:reference>/edit/", groups.group_edit, name="group_edit"),
    path("p/<str:code>/steering/<str:reference>/remove/", groups.group_remove, name="group_remove"),
    path(
        "p/<str:code>/steering/<str:reference>/seats/new/", groups.seat_create, name="seat_create"
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
]
