from django.urls import path

from . import views

app_name = "scorecards"

urlpatterns = [
    path("", views.portfolio_list, name="portfolio"),
    path("roadmap/", views.roadmap, name="roadmap"),
    path("units-by-week/", views.unit_heat, name="unit_heat"),
    path("p/<str:code>/", views.programme_scorecard, name="programme_scorecard"),
]
