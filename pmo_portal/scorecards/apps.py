from django.apps import AppConfig


class ScorecardsConfig(AppConfig):
    name = "pmo_portal.scorecards"
    label = "scorecards"
