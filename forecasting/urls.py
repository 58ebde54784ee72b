from django.urls import path

from .views import raid, scores, signals

app_name = "forecasting"

urlpatterns = [
    path("forecasts/", scores.score_list, name="score_list"),
    path("forecasts/raid/", raid.raid_score_list, name="raid_score_list"),
    path("p/<str:code>/raid-forecast/", raid.raid_score_programme, name="raid_score_programme"),
    path("p/<str:code>/forecast/", scores.score_detail, name="score_detail"),
    path("p/<str:code>/forecast/<str:unit>/", scores.score_unit, name="score_unit"),
    path("p/<str:code>/signals/", signals.signal_list, name="signal_list"),
    path("p/<str:code>/signals/recompute/", signals.signal_recompute, name="signal_recompute"),
    path(
        "p/<str:code>/signals/<str:milestone>/<str:unit>/",
        signals.signal_detail,
        name="signal_detail",
    ),
]
