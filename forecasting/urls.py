from django.urls import path

from .views import (
    challenger,
    comments,
    models,
    outlooks,
    raid,
    readiness,
    scores,
    sharing,
    signals,
    whatif,
)

app_name = "forecasting"

urlpatterns = [
    path("forecasts/", scores.score_list, name="score_list"),
    path("forecasts/units/", scores.unit_score_list, name="unit_score_list"),
    path("forecasts/raid/", raid.raid_score_list, name="raid_score_list"),
    path("forecasts/milestones/", outlooks.outlook_list, name="outlook_list"),
    path("forecasts/comments/", comments.comment_list, name="comment_list"),
    path("forecasts/comments/tag/", comments.comment_tag, name="comment_tag"),
    path("forecasts/comments/words/", comments.lexicon_detail, name="lexicon_detail"),
    path("forecasts/comments/words/edit/", comments.lexicon_edit, name="lexicon_edit"),
    path("forecasts/comments/topics/<str:reference>/", comments.topic_detail, name="topic_detail"),
    path("forecasts/comments/topics/<str:reference>/edit/", comments.topic_edit, name="topic_edit"),
    path("p/<str:code>/comments/", comments.comment_programme, name="comment_programme"),
    path("forecasts/readiness/", readiness.readiness_list, name="readiness_list"),
    path("forecasts/models/", models.model_list, name="model_list"),
    path("forecasts/models/learn/", models.model_learn, name="model_learn"),
    path("forecasts/sharing/", sharing.sharing_list, name="sharing_list"),
    path("forecasts/sharing/<slug:slug>/", sharing.sharing_detail, name="sharing_detail"),
    path("forecasts/sharing/<slug:slug>/edit/", sharing.sharing_edit, name="sharing_edit"),
    path(
        "forecasts/sharing/<slug:slug>/undo/<int:version>/",
        sharing.sharing_undo,
        name="sharing_undo",
    ),
    path("forecasts/sharing/<slug:slug>/export/", sharing.sharing_export, name="sharing_export"),
    path("forecasts/backtest/", models.model_backtest, name="model_backtest"),
    path("forecasts/backtest/raid/", models.model_backtest_raid, name="model_backtest_raid"),
    path("forecasts/outcomes/", models.outcome_list, name="outcome_list"),
    path("forecasts/outcomes/raid/", models.raid_outcome_list, name="raid_outcome_list"),
    path("forecasts/models/<slug:slug>/", models.model_card, name="model_card"),
    path("forecasts/models/<slug:slug>/watch/", models.model_watch, name="model_watch"),
    path("forecasts/models/<slug:slug>/export/", models.model_export, name="model_export"),
    path(
        "forecasts/models/<slug:slug>/challenger/",
        challenger.model_challenger,
        name="model_challenger",
    ),
    path(
        "forecasts/models/<slug:slug>/<int:number>/", challenger.model_detail, name="model_detail"
    ),
    path(
        "forecasts/models/<slug:slug>/<int:number>/export/",
        challenger.model_numbers,
        name="model_numbers",
    ),
    path(
        "forecasts/models/<slug:slug>/<int:number>/promote/",
        challenger.model_promote,
        name="model_promote",
    ),
    path(
        "forecasts/models/<slug:slug>/<int:number>/decline/",
        challenger.model_decline,
        name="model_decline",
    ),
    path(
        "forecasts/models/<slug:slug>/<int:number>/offer/",
        challenger.model_offer,
        name="model_offer",
    ),
    path("forecasts/models/<slug:slug>/resume/", models.model_resume, name="model_resume"),
    path(
        "forecasts/models/<slug:slug>/<int:number>/set-aside/",
        models.model_set_aside,
        name="model_set_aside",
    ),
    path(
        "forecasts/models/<slug:slug>/<int:number>/use/",
        models.model_reinstate,
        name="model_reinstate",
    ),
    path("p/<str:code>/raid-forecast/", raid.raid_score_programme, name="raid_score_programme"),
    path("p/<str:code>/milestone-outlook/", outlooks.outlook_programme, name="outlook_programme"),
    path("p/<str:code>/forecast/", scores.score_detail, name="score_detail"),
    path("p/<str:code>/what-if/", whatif.whatif_detail, name="whatif_detail"),
    path("p/<str:code>/what-if/paper/", whatif.whatif_paper, name="whatif_paper"),
    path("p/<str:code>/forecast/<str:unit>/", scores.score_unit, name="score_unit"),
    path("p/<str:code>/signals/", signals.signal_list, name="signal_list"),
    path("p/<str:code>/signals/recompute/", signals.signal_recompute, name="signal_recompute"),
    path(
        "p/<str:code>/signals/<str:milestone>/<str:unit>/",
        signals.signal_detail,
        name="signal_detail",
    ),
]
