"""The frame of pages about one record: found, asked, saved, and told apart from what others did meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from pmo_portal.accounts.http import TenantRequest
from pmo_portal.accounts.members import Member
from pmo_portal.accounts.permissions import require
from pmo_portal.common.rendering import done

from .services import EditConflict, FieldClash, Gone
from .views import conflict_page, gone_page, number_in

View = Callable[..., HttpResponse]
Find = Callable[[Member, int], Any]
Clashes = Callable[[Any], Sequence[FieldClash]]


def with_record(
    find: Find, prefix: str, action: str = "", *, also_removed: bool = False
) -> Callable[[View], View]:
    """Give a view the record that the `reference` of its address names, in place of the reference.

    A 404 where there is none, where the member may not see it, or where it belongs to another programme
    than the address says; the page of what is gone where it was removed, unless the view answers that
    itself (`also_removed`). With `action` its rule is asked for this record.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def found(request: TenantRequest, reference: str, **kwargs: Any) -> HttpResponse:
            record = find(request.member, number_in(reference, prefix))
            programme = getattr(request, "programme", None)
            if record is None or (programme and record.programme_id != programme.pk):
                raise Http404
            if action:
                require(request.member, action, record)
            if record.deleted_at is not None and not also_removed:
                return gone_page(request, record)
            return view(request, record, **kwargs)

        return found

    return decorate


def saved(
    request: TenantRequest,
    form: Any,
    save: Callable[[], Any],
    *,
    message: str | Callable[[Any], str],
    to: Any = None,
    cancel_url: str = "",
    clashes: Clashes | None = None,
    undo: Callable[[Any], str] | None = None,
) -> HttpResponse | None:
    """Save a valid form through a service and answer; None where the form is to be shown again.

    `save` calls the service and returns the record; `to` is where to go on, the record's own page where
    nothing is said. `clashes(record)` adds rows to the page of a conflict for what the record keeps in
    other tables. `undo` gives the address of the button that takes what was saved back.
    """
    try:
        record = save()
    except EditConflict as clash:
        also = clashes(clash.record) if clashes else ()
        back = cancel_url or clash.record.get_absolute_url()
        return conflict_page(request, form, clash, cancel_url=back, also=also)
    except Gone as gone:
        return gone_page(request, gone.record)
    except ValidationError as refusal:
        form.refuse(refusal)
        return None
    said = message(record) if callable(message) else message
    back_again = undo(record) if undo else ""
    return done(request, to=to or record, message=said, undo=back_again)


def pressed(
    request: TenantRequest,
    record: Any,
    act: Callable[[], Any],
    *,
    message: str | Callable[[Any], str],
    to: Any = None,
    undo: Callable[[Any], str] | None = None,
) -> HttpResponse:
    """Answer a button that needs no form: done, gone, or back to the page with what was refused.

    `undo` gives the address of the button that takes what was done back.
    """
    try:
        after = act()
    except Gone as gone:
        return gone_page(request, gone.record)
    except EditConflict as clash:
        # Somebody was first: their version is shown, and the button there says what can still be done.
        return redirect(clash.record)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(to or record)
    said = message(after) if callable(message) else message
    back = undo(after) if undo else ""
    return done(request, to=to or after or record, message=said, undo=back)


def status_of(request: TenantRequest) -> int:
    """422 for a form that came back with what was wrong, 200 for one that is opened."""
    return 422 if request.method == "POST" else 200


def history_url(request: TenantRequest, record: Any) -> str:
    """The trail of a record."""
    return reverse(
        "history:record_trail",
        kwargs={"tenant": request.tenant.slug, "reference": record.reference},
    )
