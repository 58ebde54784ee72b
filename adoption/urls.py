from django.urls import path, register_converter

from pmo_portal.common.converters import MomentConverter

from .views import impacts, of_all, people, plan, signals, surveys, training

app_name = "adoption"

register_converter(MomentConverter, "moment")

urlpatterns = [
    path("impacts/", of_all.impact_all, name="impact_all"),
    path("engagement/", of_all.activity_all, name="activity_all"),
    path("resistance/", of_all.signal_all, name="signal_all"),
    path("training/", of_all.training_all, name="training_all"),
    path("surveys/", surveys.wave_list, name="wave_list"),
    path("surveys/new/", surveys.wave_record, name="wave_record"),
    path("surveys/<str:reference>/", surveys.wave_detail, name="wave_detail"),
    path("surveys/<str:reference>/edit/", surveys.wave_edit, name="wave_edit"),
    path("surveys/<str:reference>/comments/", surveys.wave_comments, name="wave_comments"),
    path("surveys/<str:reference>/withdraw/", surveys.wave_withdraw, name="wave_withdraw"),
    path("headcounts/", people.headcount_all, name="headcount_all"),
    path("units/<str:code>/people/", people.headcount_list, name="headcount_list"),
    path("units/<str:code>/people/new/", people.headcount_record, name="headcount_record"),
    path(
        "units/<str:code>/people/<moment:recorded>/withdraw/",
        people.headcount_withdraw,
        name="headcount_withdraw",
    ),
    path(
        "units/<str:code>/people/<moment:withdrawn>/restore/",
        people.headcount_restore,
        name="headcount_restore",
    ),
    path("p/<str:code>/surveys/", surveys.programme_wave_list, name="programme_wave_list"),
    path("p/<str:code>/surveys/new/", surveys.programme_wave_record, name="programme_wave_record"),
    path("p/<str:code>/resistance/", signals.signal_list, name="signal_list"),
    path("p/<str:code>/resistance/new/", signals.signal_create, name="signal_create"),
    path("p/<str:code>/resistance/<str:reference>/", signals.signal_detail, name="signal_detail"),
    path("p/<str:code>/resistance/<str:reference>/edit/", signals.signal_edit, name="signal_edit"),
    path(
        "p/<str:code>/resistance/<str:reference>/resolve/",
        signals.signal_resolve,
        name="signal_resolve",
    ),
    path(
        "p/<str:code>/resistance/<str:reference>/reopen/",
        signals.signal_reopen,
        name="signal_reopen",
    ),
    path(
        "p/<str:code>/resistance/<str:reference>/remove/",
        signals.signal_remove,
        name="signal_remove",
    ),
    path("p/<str:code>/impacts/", impacts.impact_list, name="impact_list"),
    path("p/<str:code>/impacts/new/", impacts.impact_create, name="impact_create"),
    path("p/<str:code>/impacts/<str:reference>/", impacts.impact_detail, name="impact_detail"),
    path("p/<str:code>/impacts/<str:reference>/edit/", impacts.impact_edit, name="impact_edit"),
    path(
        "p/<str:code>/impacts/<str:reference>/review/", impacts.impact_review, name="impact_review"
    ),
    path(
        "p/<str:code>/impacts/<str:reference>/remove/", impacts.impact_remove, name="impact_remove"
    ),
    path("p/<str:code>/stakeholders/", plan.group_list, name="group_list"),
    path("p/<str:code>/stakeholders/new/", plan.group_create, name="group_create"),
    path("p/<str:code>/stakeholders/<str:reference>/", plan.group_detail, name="group_detail"),
    path("p/<str:code>/stakeholders/<str:reference>/edit/", plan.group_edit, name="group_edit"),
    path(
        "p/<str:code>/stakeholders/<str:reference>/remove/", plan.group_remove, name="group_remove"
    ),
    path("p/<str:code>/engagement/", plan.activity_list, name="activity_list"),
    path("p/<str:code>/engagement/new/", plan.activity_create, name="activity_create"),
    path("p/<str:code>/engagement/<str:reference>/", plan.activity_detail, name="activity_detail"),
    path("p/<str:code>/engagement/<str:reference>/edit/", plan.activity_edit, name="activity_edit"),
    path("p/<str:code>/engagement/<str:reference>/hold/", plan.activity_hold, name="activity_hold"),
    path(
        "p/<str:code>/engagement/<str:reference>/remove/",
        plan.activity_remove,
        name="activity_remove",
    ),
    path("p/<str:code>/training/", training.training_list, name="training_list"),
    path("p/<str:code>/training/new/", training.training_record, name="training_record"),
    path("p/<str:code>/training/sheet/", training.training_sheet, name="training_sheet"),
    path(
        "p/<str:code>/training/<moment:recorded>/withdraw/",
        training.training_withdraw,
        name="training_withdraw",
    ),
    path(
        "p/<str:code>/training/<moment:withdrawn>/restore/",
        training.training_restore,
        name="training_restore",
    ),
]
