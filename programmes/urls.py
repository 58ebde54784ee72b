from django.urls import path

from .views import baselines, links, milestones, money, programmes, raid, raid_log, slips, status

app_name = "programmes"

urlpatterns = [
    path("programmes/new/", programmes.programme_create, name="programme_create"),
    path("p/<str:code>/details/", programmes.programme_detail, name="programme_detail"),
    path("p/<str:code>/details/edit/", programmes.programme_edit, name="programme_edit"),
    path("p/<str:code>/details/remove/", programmes.programme_remove, name="programme_remove"),
    path("p/<str:code>/details/members/", programmes.programme_members, name="programme_members"),
    path(
        "p/<str:code>/details/members/<str:handle>/remove/",
        programmes.programme_member_remove,
        name="programme_member_remove",
    ),
    path(
        "p/<str:code>/details/members/<str:handle>/restore/",
        programmes.programme_member_restore,
        name="programme_member_restore",
    ),
    path("p/<str:code>/plan/<str:reference>/needs/", links.link_create, name="link_create"),
    path("p/<str:code>/plan/needs/<str:reference>/edit/", links.link_edit, name="link_edit"),
    path("p/<str:code>/plan/needs/<str:reference>/remove/", links.link_remove, name="link_remove"),
    path("money/", money.money_all, name="money_all"),
    path("p/<str:code>/money/", money.money_detail, name="money_detail"),
    path("p/<str:code>/money/lines/", money.budget_list, name="budget_list"),
    path("p/<str:code>/money/lines/new/", money.budget_create, name="budget_create"),
    path("p/<str:code>/money/lines/<str:reference>/", money.budget_detail, name="budget_detail"),
    path("p/<str:code>/money/lines/<str:reference>/edit/", money.budget_edit, name="budget_edit"),
    path(
        "p/<str:code>/money/lines/<str:reference>/amounts/",
        money.budget_amounts,
        name="budget_amounts",
    ),
    path("p/<str:code>/money/lines/<str:reference>/undo/", money.budget_undo, name="budget_undo"),
    path(
        "p/<str:code>/money/lines/<str:reference>/remove/",
        money.budget_remove,
        name="budget_remove",
    ),
    path("p/<str:code>/facts/", status.fact_list, name="fact_list"),
    path("p/<str:code>/slips/", slips.slip_list, name="slip_list"),
    path("p/<str:code>/baselines/", baselines.baseline_list, name="baseline_list"),
    path("p/<str:code>/baselines/keep/", baselines.baseline_keep, name="baseline_keep"),
    path("p/<str:code>/baselines/<int:number>/", baselines.baseline_detail, name="baseline_detail"),
    path("p/<str:code>/plan/", milestones.milestone_list, name="milestone_list"),
    path("p/<str:code>/plan/new/", milestones.milestone_create, name="milestone_create"),
    path(
        "p/<str:code>/plan/<str:reference>/", milestones.milestone_detail, name="milestone_detail"
    ),
    path(
        "p/<str:code>/plan/<str:reference>/edit/", milestones.milestone_edit, name="milestone_edit"
    ),
    path(
        "p/<str:code>/plan/<str:reference>/move/", milestones.milestone_move, name="milestone_move"
    ),
    path(
        "p/<str:code>/plan/<str:reference>/achieve/",
        milestones.milestone_achieve,
        name="milestone_achieve",
    ),
    path(
        "p/<str:code>/plan/<str:reference>/remove/",
        milestones.milestone_remove,
        name="milestone_remove",
    ),
    path("raid/", raid_log.raid_all, name="raid_all"),
    path("p/<str:code>/raid/", raid_log.raid_list, name="raid_list"),
    path("p/<str:code>/raid/new/", raid.raid_create, name="raid_create"),
    path("p/<str:code>/raid/<str:reference>/", raid.raid_detail, name="raid_detail"),
    path("p/<str:code>/raid/<str:reference>/edit/", raid.raid_edit, name="raid_edit"),
    path("p/<str:code>/raid/<str:reference>/update/", raid.raid_update, name="raid_update"),
    path("p/<str:code>/raid/<str:reference>/convert/", raid.raid_convert, name="raid_convert"),
    path(
        "p/<str:code>/raid/<str:reference>/take-back/", raid.raid_unconvert, name="raid_unconvert"
    ),
    path("p/<str:code>/raid/<str:reference>/close/", raid.raid_close, name="raid_close"),
    path("p/<str:code>/raid/<str:reference>/remove/", raid.raid_remove, name="raid_remove"),
    path("p/<str:code>/status/", status.status_list, name="status_list"),
    path("p/<str:code>/status/<str:half>/new/", status.status_create, name="status_create"),
    path("p/<str:code>/status/<str:reference>/", status.status_detail, name="status_detail"),
    path("p/<str:code>/status/<str:reference>/edit/", status.status_edit, name="status_edit"),
    path("p/<str:code>/status/<str:reference>/remove/", status.status_remove, name="status_remove"),
]
