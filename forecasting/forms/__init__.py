"""Text in, domain types out."""

from .asked import ChallengerForm, SharingForm, WhatIfForm
from .comments import CommentFilter, LexiconForm, TagForm, TopicForm
from .filters import (
    OutcomeFilter,
    OutlookFilter,
    RaidOutcomeFilter,
    RaidScoreFilter,
    ReadinessFilter,
    ScoreFilter,
    UnitScoreFilter,
)

__all__ = [
    "ChallengerForm",
    "CommentFilter",
    "LexiconForm",
    "OutcomeFilter",
    "OutlookFilter",
    "RaidOutcomeFilter",
    "RaidScoreFilter",
    "ReadinessFilter",
    "ScoreFilter",
    "SharingForm",
    "TagForm",
    "TopicForm",
    "UnitScoreFilter",
    "WhatIfForm",
]
