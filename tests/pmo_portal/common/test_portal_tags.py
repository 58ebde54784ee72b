"""The small tags of every page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from pmo_portal.common.templatetags import portal


def draw(text: str, **context: object) -> str:
    return Template("{% load portal %}" + text).render(Context(context))


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("ok", "On track"),
        ("warn", "At risk"),
        ("bad", "Off track"),
        ("done", "Done"),
        ("none", "No data"),
    ],
)
def test_a_status_has_its_own_shape_and_word(state: str, word: str) -> None:
    drawn = draw("{% status state %}", state=state)
    assert word in drawn
    assert portal.SHAPES[state] in drawn
    assert len(set(portal.SHAPES.values())) == 5


def test_an_unknown_state_is_no_data_and_never_green() -> None:
    assert "pp-st-none" in draw("{% status state %}", state="purple")
    assert "pp-st-none" in draw("{% status state %}", state=None)


def test_words_of_people_are_escaped_in_a_status() -> None:
    assert "&lt;b&gt;" in draw("{% status 'ok' word %}", word="<b>")


def test_both_halves_show_both_markers() -> None:
    both = draw("{% half_mark 'both' %}")
    assert "pp-mark-d" in both
    assert "pp-mark-a" in both
    assert draw("{% half_mark 'nobody' %}") == ""


def test_a_line_of_earlier_values_says_what_it_shows() -> None:
    drawn = draw("{% sparkline values 'adoption' %}", values=[3, None, 5, 6])
    assert "pp-spark-a" in drawn
    assert "3, no data, 5, 6" in drawn
    assert "<svg" not in draw("{% sparkline values %}", values=[3])


def test_dates_are_written_the_british_way_in_local_time(settings) -> None:
    settings.TIME_ZONE = "Europe/London"
    assert draw("{{ value|day }}", value=date(2026, 12, 7)) == "7 Dec 2026"
    assert draw("{{ value|short_day }}", value=date(2026, 12, 7)) == "7 Dec"
    assert (
        draw("{{ value|moment }}", value=datetime(2026, 11, 20, 17, 0, tzinfo=UTC))
        == "20 Nov 2026, 17:00"
    )
    assert draw("{{ value|moment }}", value=date(2026, 12, 7)) == "7 Dec 2026"
    assert draw("{{ value|day }}{{ value|moment }}", value=None) == "––"


def test_unknown_is_a_dash_and_never_zero() -> None:
    assert draw("{{ a|percent }}{{ a|money }}{{ a|money_short }}{{ a|signed }}", a=None) == "––––"
    assert draw("{{ a|percent }}", a=0.0) == "0%"


def test_differences_carry_their_sign() -> None:
    assert [draw("{{ a|signed }}", a=value) for value in (6, -2, 0)] == ["+6", "−2", "0"]


def test_money_is_short_in_cards_and_full_in_tables() -> None:
    assert draw("{{ a|money_short:'GBP' }}", a=482_000_000) == "£4.82m"
    assert draw("{{ a|money:'GBP' }}", a=482_000_000) == "£4,820,000.00"


def test_coordinates_keep_their_point_in_every_language() -> None:
    with translation.override("de"):
        assert draw("{{ a|unlocal }} {{ a|plus:1 }}", a=1.5) == "1.5 2.5"


def test_a_changed_parameter_goes_back_to_page_one() -> None:
    request = RequestFactory().get("/raid/", {"side": "people", "page": "3"})
    assert draw("{% query_string sort='owner' %}", request=request) == "?side=people&amp;sort=owner"
    assert draw("{% query_string side=None page=2 %}", request=request) == "?page=2"


def test_initials_are_of_the_first_and_last_name() -> None:
    assert draw("{{ a|initials }}{{ b|initials }}", a="Noor van der Farah", b="Cam") == "NFC"


class Person(forms.Form):
    name = forms.CharField(
        help_text="As in the directory.", widget=forms.TextInput(attrs={"placeholder": "Name"})
    )
    note = forms.CharField(required=False, widget=forms.Textarea)


def test_a_field_describes_itself_by_its_hint_and_its_error() -> None:
    drawn = draw("{% field_control form.name %}", form=Person({"name": ""}))
    assert 'aria-describedby="id_name_hint id_name_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert "placeholder" not in drawn


def test_a_component_draws_label_hint_and_error_once() -> None:
    drawn = draw('<c-field :field="form.name" /><c-field :field="form.note" />', form=Person({}))
    # Text given to Template directly is not compiled by cotton; the component itself is what we test.
    assert "c-field" in drawn
    component = Template('{% load cotton %}{% cotton field :field="form.name" %}{% endcotton %}')
    drawn = component.render(Context({"form": Person({})}))
    assert drawn.count("id_name_hint") == 2
    assert drawn.count('id="id_name_error"') == 1
    assert '<label class="pp-label" for="id_name">' in drawn


@pytest.mark.parametrize(
    ("theme", "cookie", "choice"),
    [
        ("dark", "light", "dark"),
        (None, "dark", "dark"),
        (None, "pink", "system"),
        (None, "", "system"),
    ],
)
def test_the_theme_is_the_persons_choice(theme: str | None, cookie: str, choice: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie
    user = SimpleNamespace(is_authenticated=theme is not None, theme=theme)
    assert draw("{% theme_choice %}", request=request, user=user) == choice


def test_the_theme_needs_no_request_on_the_page_of_last_resort() -> None:
    assert draw("{% theme_choice %}{% theme_in_force %}") == "systemlight"


def test_the_way_home_leads_to_the_tenant_or_to_the_start() -> None:
    assert (
        draw("{{ tenant|tenant_path:'find/' }}", tenant=SimpleNamespace(slug="acme"))
        == "/t/acme/find/"
    )
    assert draw("{{ tenant|tenant_path }}", tenant=None) == "/"


class _Asking(forms.Form):
    kind = forms.TypedChoiceField(choices=[("", "---------"), ("a", "Apples")])
    size = forms.TypedChoiceField(choices=[("", "---------"), ("1", "One")], required=False)
    named = forms.ChoiceField(choices=[("", "Open"), ("1", "One")], required=False)

    def clean(self) -> None:
        raise forms.ValidationError(["The one thing.", "The other thing."])


def test_where_nothing_is_chosen_words_say_so() -> None:
    form = _Asking()
    drawn = {name: draw("{% field_control field %}", field=form[name]) for name in form.fields}
    assert "---" not in "".join(drawn.values())
    assert ">Choose one</option>" in drawn["kind"]
    assert ">Not said</option>" in drawn["size"]
    assert ">Open</option>" in drawn["named"]
    assert ">Apples</option>" in drawn["kind"]


def test_every_error_is_counted() -> None:
    """A summary that says two and lists three sends people looking."""
    assert draw("{{ form|count_errors }}", form=_Asking({})) == "3"
