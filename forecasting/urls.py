from django.urls import path

from . import views

app_name = "forecasting"

urlpatterns = [
    path("forecasts/", views.score_list, name="score_list"),
    path("p/<str:code>/forecast/", views.score_detail, name="score_detail"),
    path("p/<str:code>/signals/", views.signal_list, name="signal_list"),
    path("p/<str:code>/signals/recompute/", views.signal_recompute, name="signal_recompute"),
    path(
        "p/<str:code>/signals/<str:milestone>/<str:unit>/",
        views.signal_detail,
        name="signal_detail",
    ),
]
