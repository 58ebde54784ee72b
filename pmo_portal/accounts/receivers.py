"""The security log, and the end of other sessions when the ways to sign in change."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from pmo_portal.common import clock, security

from .services.members import end_sessions
from .sessions import SIGNED_IN_AT


@receiver(user_logged_in, dispatch_uid="security-signed-in")
def signed_in(sender: Any, user: Any, request: HttpRequest, **more: Any) -> None:
    request.session[SIGNED_IN_AT] = int(clock.now().timestamp())
    security.note("signed_in", user=user.pk)


@receiver(user_logged_out, dispatch_uid="security-signed-out")
def signed_out(sender: Any, user: Any, **more: Any) -> None:
    security.note("signed_out", user=getattr(user, "pk", None))


@receiver(user_login_failed, dispatch_uid="security-sign-in-failed")
def sign_in_failed(sender: Any, **more: Any) -> None:
    security.note("sign_in_failed")


@receiver(authentication_failed, dispatch_uid="security-factor-failed")
def factor_failed(sender: Any, user: Any, **more: Any) -> None:
    security.note("second_factor_failed", user=user.pk)


@receiver([authenticator_added, authenticator_removed, authenticator_reset], dispatch_uid="factor")
def factor_changed(
    sender: Any, request: HttpRequest, user: Any, authenticator: Any, **more: Any
) -> None:
    """Somebody else who is signed in with the old ways is not any more."""
    end_sessions(user.pk, but=request.session.session_key)
    security.note("second_factor_changed", user=user.pk, type=authenticator.type)


@receiver([password_changed, password_reset], dispatch_uid="security-password")
def password_was_changed(sender: Any, request: HttpRequest, user: Any, **more: Any) -> None:
    """Django ends the other sessions by itself; their rows go as well."""
    end_sessions(user.pk, but=request.session.session_key)
    security.note("password_changed", user=user.pk)
