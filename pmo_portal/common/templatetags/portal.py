"""Small tags of every page: icons, status chips, figures, dates, addresses. They take values and never query."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    ModelChoiceField,
    Select,
    Textarea,
)
from django.forms.widgets import (
    CheckboxSelectMultiple,
    ClearableFileInput,
    RadioSelect,
    SelectMultiple,
)
from django.http import HttpRequest, QueryDict
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format, time_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from pmo_portal.common import clock, figures
from pmo_portal.common.money import format_minor, format_short, format_total

from ..days import day_text

register = template.Library()

# What Django writes where nothing is chosen.
DASHES = BLANK_CHOICE_DASH[0][1]

# Drawings of the five states. The shape carries the meaning, so that colour is never alone.
SHAPES = {
    "ok": '<circle cx="8" cy="8" r="7" fill="currentColor"/><path class="pp-cut" d="M4.6 8.2l2.4 2.3 4.4-4.8"/>',
    "warn": '<path d="M8 1l7.3 13.4H.7z" fill="currentColor"/><path class="pp-cut" d="M8 5.8v4M8 11.4v1.4"/>',
    "bad": '<path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z" fill="currentColor"/>'
    '<path class="pp-cut" d="M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4"/>',
    "none": '<circle class="pp-dash" cx="8" cy="8" r="6.2"/>',
    "done": '<rect x="1.5" y="1.5" width="13" height="13" rx="2.5" fill="currentColor"/>',
}
HALVES = {"delivery": "d", "adoption": "a", "people": "a", "change": "a"}


def state_word(state: str) -> str:
    """The word people read when a page gives no word of its own."""
    return {
        "ok": _("On track"),
        "warn": _("At risk"),
        "bad": _("Off track"),
        "done": _("Done"),
    }.get(state, _("No data"))


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of the sprite; decorative, so always beside a word or inside a labelled button."""
    return format_html(
        '<svg class="pp-icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra,
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag
def today() -> date:
    """The day a page without a date of its own speaks of: it shows what is kept now."""
    return clock.today()


@register.simple_tag
def status(state: object, label: object = "", wide: object = False) -> SafeString:
    """A status chip. For table rows, where a component would be slow; elsewhere use `<c-status>`."""
    key = str(state or "none")
    if key not in SHAPES:
        key = "none"
    return format_html(
        '<span class="pp-st pp-st-{}{}"><svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>{}</span>',
        key,
        " pp-st-w" if wide else "",
        mark_safe(SHAPES[key]),  # noqa: S308 - our own literals
        label or state_word(key),
    )


@register.simple_tag
def half_mark(half: object) -> SafeString:
    """The marker of a half: a blue circle for delivery, a magenta diamond for adoption, both for joint items."""
    value = str(half)
    if value in {"both", "joint"}:
        return SafeString(half_mark("delivery") + half_mark("adoption"))
    if value not in HALVES:
        return SafeString("")
    return format_html('<span class="pp-mark pp-mark-{}" aria-hidden="true"></span>', HALVES[value])


@register.simple_tag
def sparkline(values: Iterable[float | None], half: str = "", label: str = "") -> SafeString:
    """A small line of earlier values, oldest first; gaps stay gaps. Draws nothing from fewer than two values."""
    spark = figures.sparkline(list(values or []))
    if not spark.segments:
        return format_html(
            '<span class="pp-spark pp-spark-none">{}</span>', _("No earlier figures")
        )
    lines = mark_safe("".join(f'<polyline points="{points}"/>' for points in spark.segments))  # noqa: S308
    return format_html(
        '<svg class="pp-spark pp-spark-{}" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">'
        "{}</svg>",
        HALVES.get(half, "j"),
        figures.SPARK_WIDTH,
        figures.SPARK_HEIGHT,
        label or _("Earlier figures, oldest first: %(values)s") % {"values": spark.spoken},
        lines,
    )


@register.filter
def day(value: date | datetime | None) -> str:
    """A date as "7 Dec 2026"; an en dash for no date."""
    return day_text(value)


@register.filter
def short_day(value: date | datetime | None) -> str:
    """A date as "7 Dec", for places where the year is plain from the context."""
    if value is None or value == "":
        return "–"
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return date_format(value, "j M")


@register.filter
def moment(value: date | datetime | None) -> str:
    """A date and time as "20 Nov 2026, 17:00" in the current time zone."""
    if value is None or value == "":
        return "–"
    if not isinstance(value, datetime):
        return day(value)
    if timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{date_format(value, 'j M Y')}, {time_format(value, 'H:i')}"


@register.filter
def signed(value: Any) -> str:
    """A number with its sign (+6, −2, 0): differences are read by their sign."""
    if value is None or value == "":
        return "–"
    if value == 0:
        return "0"
    return f"{'+' if value > 0 else '−'}{number_format(abs(value))}"


@register.filter
def signed_share(value: float) -> str:
    """A difference to two decimals with its sign (+0.62, −0.08)."""
    # `number_format` cuts what it does not show.
    shown = round(value, 2)
    return f"{'−' if shown < 0 else '+'}{number_format(abs(shown), 2)}"


@register.filter
def money(amount: int | None, currency: object = "GBP") -> str:
    """An amount in minor units, in full, for tables."""
    return format_minor(amount, str(currency or "GBP"))


@register.filter
def money_total(amount: int | None, currency: object = "GBP") -> str:
    """A sum in minor units, without pence from ten thousand on, for tables of sums."""
    return format_total(amount, str(currency or "GBP"))


@register.filter
def money_short(amount: int | None, currency: object = "GBP") -> str:
    """An amount in minor units as "£4.82m", for cards."""
    return format_short(amount, str(currency or "GBP"))


@register.filter
def percent(share: float | None, digits: int = 0) -> str:
    """A share of 0 to 1 as a percentage; an en dash for unknown, never a zero."""
    return "–" if share is None else f"{number_format(round(share * 100, digits), digits)}%"


@register.filter
def initials(name: object) -> str:
    """The letters of a person's badge in a thread."""
    words = str(name or "").split()
    return "".join(
        word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)
    ).upper()


@register.simple_tag(takes_context=True)
def query_string(context: template.Context, **changes: object) -> str:
    """The address of this page with some parameters changed; a parameter set to None is left out.

    Changing anything but the page goes back to page one.
    """
    request: HttpRequest | None = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    if "page" not in changes:
        query.pop("page", None)
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def current_query(context: template.Context, *without: str) -> list[tuple[str, str]]:
    """The parameters of this page as pairs for hidden fields, so that a small form keeps the other choices."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return []
    return [
        (key, value)
        for key, values in request.GET.lists()
        for value in values
        if key not in without
    ]


@register.filter
def kind_of_field(field: BoundField) -> str:
    """How `<c-field>` lays a field out: `check`, `choices`, `hidden` or `plain`."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    return "check" if isinstance(widget, CheckboxInput) else "plain"


@register.filter
def count_errors(form: BaseForm, lines: Iterable[BaseForm] | None = None) -> int:
    """How many things a form and its lines say are wrong; of one field, or of none, a form may say several."""
    return sum(len(errors) for each in (form, *(lines or ())) for errors in each.errors.values())


@register.simple_tag
def field_control(field: BoundField, **extra: object) -> SafeString:
    """The control of a form field with our class and a description made of its hint and its error."""
    widget = field.field.widget
    # A label stands above every field; a placeholder would only repeat it and vanish while typing.
    widget.attrs.pop("placeholder", None)
    described = [f"{field.auto_id}_hint"] if field.help_text else []
    if field.errors:
        described.append(f"{field.auto_id}_error")
    attrs: dict[str, Any] = {key.replace("_", "-"): value for key, value in extra.items() if value}
    attrs["class"] = " ".join(filter(None, [widget.attrs.get("class", ""), control_class(widget)]))
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if field.errors:
        attrs["aria-invalid"] = "true"
        attrs["class"] += " is-invalid"
    if isinstance(widget, Select):
        _say_nothing_is_chosen(field)
    if isinstance(widget, Textarea) and widget.attrs.get("rows") in (None, "10"):
        attrs["rows"] = 4
    return field.as_widget(attrs=attrs)


def _say_nothing_is_chosen(field: BoundField) -> None:
    """Words in the place of dashes, which tell nobody anything and are read out one by one."""
    asked: Any = field.field
    words = _("Choose one") if asked.required else _("Not said")
    if isinstance(asked, ModelChoiceField):
        if asked.empty_label == DASHES:
            asked.empty_label = words
    else:
        asked.widget.choices = [
            (value, words if label == DASHES else label) for value, label in asked.widget.choices
        ]


def control_class(widget: object) -> str:
    if isinstance(widget, CheckboxInput):
        return "form-check-input"
    if isinstance(widget, Select | SelectMultiple):
        return "form-select"
    if isinstance(widget, ClearableFileInput):
        return "form-control pp-file"
    return "form-control"


@register.simple_tag(takes_context=True)
def theme_choice(context: template.Context) -> str:
    """What the person chose: `light`, `dark` or `system` (the default, also where there is no request)."""
    user = context.get("user")
    choice = getattr(user, "theme", "") if getattr(user, "is_authenticated", False) else ""
    if not choice and context.get("request") is not None:
        choice = context["request"].COOKIES.get("theme", "")
    return choice if choice in {"light", "dark"} else "system"


@register.simple_tag(takes_context=True)
def theme_in_force(context: template.Context) -> str:
    """The theme the server draws; for `system` the first script of the page corrects it before anything shows."""
    return "dark" if theme_choice(context) == "dark" else "light"


@register.filter
def has_late_filters(form: Any, shown: int) -> bool:
    """Whether a filter hidden behind "More filters" is in force: then it is open."""
    late = form.visible_fields()[int(shown) :]
    return any(form.data.get(field.html_name) for field in late)


@register.filter
def unlocal(value: float | None) -> str:
    """A coordinate for SVG: always with a point, whatever the language."""
    return "" if value is None else f"{value:g}"


@register.filter
def plus(value: float, more: float) -> str:
    """A coordinate moved by some pixels."""
    return f"{value + float(more):g}"


@register.filter
def undo_url(message: object) -> str:
    """Where a message that says "undo:<url>" in its extra tags can be taken back; empty otherwise."""
    for tag in str(getattr(message, "extra_tags", "") or "").split():
        if tag.startswith("undo:/"):
            return tag.removeprefix("undo:")
    return ""


@register.filter
def tenant_path(tenant: Any, rest: str = "") -> str:
    """An address of the shell inside a tenant, whose pages belong to higher storeys; `/` where there is no tenant."""
    slug = getattr(tenant, "slug", "")
    return f"/t/{slug}/{rest}" if slug else "/"
