"""Writes about comments: the words they are read with, names of topics, tags. What follows is computed by a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from adoption.models import SurveyComment
from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require
from pmo_portal.common.tracking import acting_as
from pmo_portal.history import services as history
from programmes.selectors import programmes_for

from ..learning.comments import lexicon
from ..models import CommentLexicon, CommentTag, CommentTopic

_ANSWERS = {"yes": True, "no": False}


def shipped_words() -> CommentLexicon:
    """The shipped words as a record that is not saved."""
    return CommentLexicon(**{name: "\n".join(words) for name, words in lexicon.SHIPPED.items()})


@transaction.atomic
def revise_lexicon(
    record: CommentLexicon, *, changes: Mapping[str, Any], version: int, acting: Member
) -> CommentLexicon:
    """Change the words comments are read with.

    The first version of an organisation's words is always the shipped ones, so that they can be put back.

    Raises:
        NotAllowed, EditConflict, ValidationError.
    """
    require(acting, "forecasting.lexicon_change", record)
    if record.pk is None:
        record = CommentLexicon.objects.first() or history.create(shipped_words(), acting=None)
    return history.revise(record, changes=changes, version=version, acting=acting)


def revise_topic(
    topic: CommentTopic, *, changes: Mapping[str, Any], version: int, acting: Member
) -> CommentTopic:
    """Say what a topic is about, and whether its words belong together.

    Raises:
        NotAllowed, EditConflict, Gone, ValidationError.
    """
    require(acting, "forecasting.topic_change", topic)
    return history.revise(topic, changes=changes, version=version, acting=acting)


@transaction.atomic
def tag_comments(answers: Mapping[UUID, str], *, acting: Member) -> int:
    """Note what somebody found of comments: `yes` it resists, `no`, or nothing. Returns how many tags were set.

    Comments that may not be read, or are of programmes the member does not see, are left out without a word.
    """
    require(acting, "forecasting.comment_tag")
    told = {key: _ANSWERS[answer] for key, answer in answers.items() if answer in _ANSWERS}
    comments = SurveyComment.objects.readable().filter(
        key__in=told, programme__in=programmes_for(acting)
    )
    known = {tag.comment_id: tag for tag in CommentTag.objects.filter(comment__in=comments)}
    done = 0
    with acting_as(user_id=acting.user.pk, action=str(_("tag comments"))):
        for comment in comments.only("pk", "key", "tenant"):
            tag = known.get(comment.pk) or CommentTag(comment=comment)
            if tag.pk is None or tag.resists != told[comment.key]:
                tag.resists = told[comment.key]
                tag.save()
                done += 1
    return done
