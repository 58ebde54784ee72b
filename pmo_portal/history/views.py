"""The history of a record, putting an earlier version back, and the page of a conflict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms.widgets import ChoiceWidget
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pmo_portal.accounts.http import TenantRequest, tenant_view
from pmo_portal.accounts.permissions import can, require
from pmo_portal.common import registry
from pmo_portal.common.converters import whole_number
from pmo_portal.common.rendering import show

from . import selectors, services


def _record(request: TenantRequest, reference: str) -> Any:
    record = registry.find_reference(request.member, reference)
    if record is None or not hasattr(type(record), "pgh_event_model"):
        raise Http404
    return record


def _label(field: Any) -> str:
    text = str(field.verbose_name)
    return capfirst(text)


@require_safe
@tenant_view("history.trail_view")
def record_trail(request: TenantRequest, reference: str) -> HttpResponse:
    """Every version of a record with what changed, who changed it and a way back."""
    record = _record(request, reference)
    # The shell keeps the navigation of the programme the record belongs to.
    request.programme = getattr(record, "programme", None)
    context = {
        "record": record,
        "entries": selectors.trail(record),
        "parts": selectors.told_with(record),
        "may_restore": can(request.member, record.change_action, record),
        "is_deleted": getattr(record, "deleted_at", None) is not None,
    }
    return show(request, "history/record_trail.html", "entries", context)


@require_POST
@tenant_view("history.trail_view")
def record_restore(request: TenantRequest, reference: str) -> HttpResponse:
    """Undo a deletion, or put the values of an earlier version (`version`) back as a new one."""
    record = _record(request, reference)
    require(request.member, record.change_action, record)
    is_deleted = getattr(record, "deleted_at", None) is not None
    if not is_deleted and "version" not in request.POST:
        # An undo that was pressed before, here or by a colleague: what it promised is so.
        return redirect(record.get_absolute_url())
    try:
        if is_deleted:
            services.bring_back(record, acting=request.member)
            messages.success(request, _("%(item)s is back.") % {"item": record.reference})
        else:
            version = whole_number(request.POST.get("version", ""))
            values = None if version is None else selectors.values_at(record, version)
            if version is None or values is None:
                raise Http404
            seen = whole_number(request.POST.get("seen", ""))
            if seen not in (None, record.version):
                messages.warning(
                    request,
                    _("Somebody saved %(item)s meanwhile. Look at what they wrote first.")
                    % {"item": record.reference},
                )
                return redirect(
                    "history:record_trail", tenant=request.tenant.slug, reference=record.reference
                )
            changes = _as_fields(record, values)
            services.put_back(record, changes=changes, version=version, acting=request.member)
            messages.success(
                request,
                _("%(item)s is as it was in version %(version)s.")
                % {"item": record.reference, "version": version},
            )
    except services.Gone as gone:
        return gone_page(request, gone.record)
    except services.EditConflict as clash:
        # Somebody saved at this moment: their version is shown, and putting back is offered there again.
        return redirect(clash.record)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(
            "history:record_trail", tenant=request.tenant.slug, reference=record.reference
        )
    return redirect(record.get_absolute_url())


def _as_fields(record: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Foreign keys as objects again; what they pointed at and is gone becomes empty where it may."""
    changes = {}
    field: Any
    for field in selectors.edited_fields(type(record)):
        value = values[field.attname]
        if field.is_relation and value is not None:
            value = field.related_model._base_manager.filter(pk=value).first()
        changes[field.name] = value
    return changes


@require_safe
@tenant_view("accounts.tenant_view")
def reference_find(request: TenantRequest, reference: str) -> HttpResponse:
    """`/t/acme/R-114` leads to the page of the item."""
    record = registry.find_reference(request.member, reference)
    if record is None:
        raise Http404
    if getattr(record, "deleted_at", None) is not None:
        return gone_page(request, record)
    return redirect(record.get_absolute_url())


@require_safe
@tenant_view("accounts.tenant_view")
def reference_search(request: TenantRequest) -> HttpResponse:
    """The search box of the shell: a reference typed in leads to its item."""
    # No text of a database holds a NUL.
    wanted = request.GET.get("q", "").replace("\0", "").strip()
    record = registry.find_reference(request.member, wanted) if wanted else None
    if record is not None and getattr(record, "deleted_at", None) is None:
        return redirect(record.get_absolute_url())
    found = registry.search(request.member, wanted) if wanted else []
    context = {"wanted": wanted, "found": found, "prefixes": registry.known_prefixes()}
    return show(request, "history/reference_search.html", "", context)


def conflict_page(
    request: HttpRequest,
    form: Any,
    conflict: services.EditConflict,
    *,
    cancel_url: str,
    also: Sequence[services.FieldClash] = (),
) -> HttpResponse:
    """Mine, theirs and the version both started from, field by field, and the form to save again.

    The form keeps what was typed and now carries the newer version, so saving it once more is a
    decision made with open eyes. `also` are rows for what the record keeps in other tables. 409.
    """
    theirs = conflict.record
    rows = clashes_of(form, conflict, also=also)
    context = {
        "record": theirs,
        "form": form,
        "rows": rows,
        "has_links": any(row.is_link for row in rows),
        "last": next(iter(selectors.trail(theirs)), None),
        "cancel_url": cancel_url,
    }
    return render(request, "history/conflict.html", context, status=409)


def clashes_of(
    form: Any, conflict: services.EditConflict, *, also: Sequence[services.FieldClash] = ()
) -> list[services.FieldClash]:
    """What differs, field by field; the form takes the newer version and can be saved over it.

    What this person left as it was is taken from the newer version too: who corrects one field does not
    undo another's work in the next.
    """
    theirs, model = conflict.record, type(conflict.record)
    base = selectors.values_at(theirs, conflict.version) or {}
    rows = []
    form.data = form.data.copy()
    form.data["version"] = theirs.version
    edited = {field.name for field in selectors.edited_fields(model)}
    for name, mine in conflict.changes.items():
        # What a service computes beside what was typed is nobody's to decide.
        if name not in edited and name not in form.fields:
            continue
        field: Any = model._meta.get_field(name)
        base_value = base.get(field.attname)
        if field.is_relation and base_value is not None:
            base_value = field.related_model._base_manager.filter(pk=base_value).first()
        row = services.FieldClash(
            name=name,
            label=_label(field),
            base=selectors.in_words(field, base_value),
            mine=selectors.in_words(field, mine),
            theirs=selectors.in_words(field, getattr(theirs, name)),
            values=(_compared(base_value), _compared(mine), _compared(getattr(theirs, name))),
        )
        if base and row.is_theirs_alone and _takes(form, name, getattr(theirs, name)):
            row.mine = services.NOT_CHANGED
        rows.append(row)
    return [row for row in (*rows, *_clashes_of_links(form), *also) if row.differs]


def _compared(value: Any) -> Any:
    """What tells two values apart: keys of records, texts by their lines, and nothing for what is empty."""
    if isinstance(value, str):
        return value.splitlines() or None
    if isinstance(value, (list, tuple)):
        return list(value) or None
    return getattr(value, "pk", value)


def _clashes_of_links(form: Any) -> Iterator[services.FieldClash]:
    """What a record is linked to stands in other tables: as it is now, and as it was sent."""
    for name, field in form.fields.items():
        if isinstance(field, forms.ModelMultipleChoiceField) and name in form.initial:
            choices: Any = field.queryset
            now = choices.filter(pk__in=form.initial[name])
            sent = form.cleaned_data[name]
            yield services.FieldClash(
                name=name,
                label=str(field.label),
                base=_("Not kept"),
                mine=", ".join(sorted(map(str, sent))),
                theirs=", ".join(sorted(map(str, now))),
                values=(None, {each.pk for each in sent}, {each.pk for each in now}),
                is_link=True,
            )


def _takes(form: Any, name: str, value: Any) -> bool:
    """Show a value of the record in a form that was sent; False where the field cannot say it, and keeps what was sent."""
    field = form.fields.get(name)
    if field is None:
        return False
    key, widget = form.add_prefix(name), field.widget
    shown = field.prepare_value(getattr(value, "pk", value))
    data = form.data.copy()
    if isinstance(widget, forms.CheckboxInput):
        data.setlist(key, ["on"] if value else [])
    elif isinstance(widget, ChoiceWidget):
        several = shown if isinstance(shown, list | tuple) else [shown]
        data.setlist(key, ["" if each is None else str(each) for each in several])
    else:
        data[key] = widget.format_value(shown) or ""
    try:
        said = field.clean(widget.value_from_datadict(data, {}, key))
    except ValidationError:
        return False
    # Fields have an empty text where records have nothing.
    if said != value and (said or value):
        return False
    form.data = data
    return True


def trail_panel(request: HttpRequest, record: Any) -> registry.Panel:
    """The trail of something the ground keeps, to be read on its own page."""
    context = {"record": record, "entries": selectors.trail(record), "may_restore": False}
    return registry.Panel("history/record_trail.html#entries", context)


def gone_page(request: HttpRequest, record: Any) -> HttpResponse:
    """The record was deleted; restoring it is offered to those who may. 410."""
    member = request.member  # type: ignore[attr-defined]
    context = {"record": record, "may_restore": can(member, record.change_action, record)}
    return render(request, "history/gone.html", context, status=410)


def offer_undo(request: HttpRequest, record: Any, text: str) -> None:
    """A message with a button that brings a removed record back."""
    undo = reverse(
        "history:record_restore",
        kwargs={"tenant": record.tenant.slug, "reference": record.reference},
    )
    messages.success(request, text, extra_tags=f"undo:{undo}")


def number_in(reference: str, prefix: str) -> int:
    """The number of a reference in an address, or a 404."""
    found, _dash, digits = reference.partition("-")
    number = whole_number(digits)
    if found != prefix or number is None:
        raise Http404
    return number
