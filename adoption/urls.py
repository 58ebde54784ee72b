from django.urls import path

from .views import impacts, signals, surveys, training

app_name = "adoption"

urlpatterns = [
    path("surveys/", surveys.wave_list, name="wave_list"),
    path("surveys/new/", surveys.wave_record, name="wave_record"),
    path("surveys/<str:reference>/", surveys.wave_detail, name="wave_detail"),
    path("surveys/<str:reference>/edit/", surveys.wave_edit, name="wave_edit"),
    path("surveys/<str:reference>/withdraw/", surveys.wave_withdraw, name="wave_withdraw"),
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
    path("p/<str:code>/training/", training.training_list, name="training_list"),
    path("p/<str:code>/training/new/", training.training_record, name="training_record"),
]
