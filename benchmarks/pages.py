"""What a request takes: server time, statements, bytes.

The whole request is measured, middleware and rendering included, without a network in between.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from pmo_portal.common import clock

from . import data, database, work
from .counting import Counted

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
WARM_UP = 5


@dataclass
class Page:
    name: str
    milliseconds: float
    statements: int
    size: int
    bare_milliseconds: float

    @property
    def times_bare(self) -> float:
        return self.milliseconds / self.bare_milliseconds


@dataclass
class Measured:
    """All pages with one size of the portfolio."""

    programmes: int
    seeded_in: float
    pages: list[Page] = field(default_factory=list)
    work: list[work.Work] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def measure(size: int, *, runs: int) -> Measured:
    started = time.perf_counter()
    tenant, user = data.organisation(size, today=clock.today())
    made = Measured(size, time.perf_counter() - started)
    print(f"{size} programmes written in {made.seeded_in:.0f} s.", flush=True)
    made.work = work.measure(tenant, size)
    work.leave_a_challenger(tenant)
    # The nights above wrote every score several times over.
    database.analyse()
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(user, backend=BACKEND)
    root = f"/t/{tenant.slug}/"
    item = f"{root}p/P1/raid/R-1/"
    for name, path, floor in (
        ("portfolio", "", "portfolio"),
        ("portfolio, filtered", "?adoption=bad&sort=-delivery", "portfolio"),
        ("roadmap", "roadmap/", "roadmap"),
        ("units by week", "units-by-week/", "heat"),
        ("scorecard", "p/P1/", "scorecard"),
        ("RAID register, filtered", "p/P1/raid/?side=delivery", "raid"),
        ("RAID of all programmes", "raid/", "raid-all"),
        ("RAID item", "p/P1/raid/R-1/", "item"),
        ("plan", "p/P1/plan/", "raid"),
        ("money", "p/P1/money/", "scorecard"),
        ("money of all programmes", "money/", "raid-all"),
        ("escalations of all programmes", "escalations/", "raid-all"),
        ("change requests of all programmes", "changes/", "raid-all"),
        ("change request with both halves", "p/P1/changes/CR-2/", "scorecard"),
        ("balance of all programmes", "balance/", "raid-all"),
        ("balance of both functions", "p/P1/balance/", "scorecard"),
        ("decisions to look at again", "decisions/again/", "raid-all"),
        ("judgements of all programmes", "judgements/", "raid-all"),
        ("actions of all programmes", "actions/", "raid-all"),
        ("meetings of all programmes", "meetings/", "raid-all"),
        ("meeting with its minutes", "p/P1/meetings/MT-1/", "scorecard"),
        ("pack of a meeting", "p/P1/meetings/MT-1/pack/", "scorecard"),
        ("agenda and what waits", "p/P1/meetings/MT-2/agenda/", "scorecard"),
        ("who chairs", "p/P1/steering/SG-1/chairs/", "scorecard"),
        ("my work", "my-work/", "scorecard"),
        ("saved views", "views/", "raid"),
        ("charters", "charters/", "charters"),
        ("charter", "p/P1/charter/", "scorecard"),
        ("reviews of all programmes", "reviews/", "reviews"),
        ("three reviews over time", "p/P1/reviews/", "scorecard"),
        ("review", "p/P1/reviews/RV-2/", "scorecard"),
        ("moved go-lives", "golives/moves/", "moves"),
        ("forecast of a programme", "p/P1/forecast/", "scorecard"),
        ("forecasts of all", "forecasts/", "raid-all"),
        ("what a later go-live would do", "p/P1/what-if/", "scorecard"),
        ("model card", "forecasts/models/crisis/", "scorecard"),
        ("whether a model comes true", "forecasts/models/crisis/watch/", "scorecard"),
        ("champion and challenger", "forecasts/models/crisis/challenger/", "raid-all"),
        ("champion and challenger of items", "forecasts/models/escalation/challenger/", "raid-all"),
        ("card of dates", "forecasts/models/dates/", "scorecard"),
        ("card of readiness", "forecasts/models/readiness/", "scorecard"),
        ("what is given and taken", "forecasts/sharing/", "scorecard"),
        ("what is given, byte for byte", "forecasts/sharing/crisis/", "scorecard"),
        ("backtest", "forecasts/backtest/", "scorecard"),
        ("backtest of RAID items", "forecasts/backtest/raid/", "scorecard"),
        ("what came of scores", "forecasts/outcomes/", "raid-all"),
        ("what came of RAID items", "forecasts/outcomes/raid/", "raid-all"),
        ("baselines of a plan", "p/P1/baselines/", "raid"),
        ("impacts of all programmes", "impacts/", "raid-all"),
        ("engagement of all programmes", "engagement/", "raid-all"),
        ("resistance of all programmes", "resistance/", "raid-all"),
        ("training of all programmes", "training/", "raid-all"),
        ("stakeholders", "p/P1/stakeholders/", "raid"),
        ("engagement activities", "p/P1/engagement/", "raid"),
        ("dates likely to slip", "forecasts/milestones/", "raid-all"),
        ("units at risk", "forecasts/units/", "raid-all"),
        ("units likely not to be ready", "forecasts/readiness/", "raid-all"),
        ("items likely to escalate", "forecasts/raid/", "raid-all"),
        ("items of a programme likely to escalate", "p/P1/raid-forecast/", "scorecard"),
        ("dates of a programme likely to slip", "p/P1/milestone-outlook/", "scorecard"),
        ("signals of a programme", "p/P1/signals/", "scorecard"),
        ("models", "forecasts/models/", "scorecard"),
        ("what comments say", "forecasts/comments/", "raid-all"),
        ("what comments say of a programme", "p/P1/comments/", "scorecard"),
        ("details of a programme", "p/P1/details/", "scorecard"),
        ("budget lines", "p/P1/money/lines/", "raid"),
        ("reported facts", "p/P1/facts/", "raid"),
        ("slip chart", "p/P1/slips/", "raid"),
        ("status reports", "p/P1/status/", "raid"),
        ("surveys", "surveys/", "raid-all"),
        ("surveys of a programme", "p/P1/surveys/", "raid"),
        ("people of units", "headcounts/", "raid-all"),
        ("people of a unit", "units/U1/people/", "raid"),
        ("resistance", "p/P1/resistance/", "raid"),
        ("impacts", "p/P1/impacts/", "raid"),
        ("training", "p/P1/training/", "raid"),
        ("escalations", "p/P1/escalations/", "raid"),
        ("change requests", "p/P1/changes/", "raid"),
        ("judgements", "p/P1/judgements/", "raid"),
        ("steering groups", "p/P1/steering/", "raid"),
        ("seats of all programmes", "steering/seats/", "raid-all"),
        ("seats", "p/P1/steering/seats/", "raid"),
        ("agenda items of all programmes", "meetings/items/", "raid-all"),
        ("agenda items", "p/P1/meetings/items/", "raid"),
        ("decisions of all programmes", "decisions/", "raid-all"),
        ("decisions", "p/P1/decisions/", "raid"),
        ("actions", "p/P1/actions/", "raid"),
        ("moved go-lives of a programme", "p/P1/golives/moves/", "raid"),
    ):
        bare = median(lambda floor=floor: get(browser, f"{root}bare/{floor}/"), runs)
        made.pages.append(_page(name, lambda path=path: get(browser, root + path), bare, runs))
    made.pages.append(_saving(browser, item, f"{root}bare/save/", runs))
    return made


def get(browser: Client, url: str) -> bytes:
    answer = browser.get(url)
    if answer.status_code != 200:
        raise RuntimeError(f"{url} answered {answer.status_code}")
    return answer.content


def _page(name: str, ask: Callable[[], bytes], bare: float, runs: int) -> Page:
    took = median(ask, runs)
    with Counted() as counted:
        content = ask()
    return Page(name, took, counted.statements, len(content), bare)


def _saving(browser: Client, item: str, bare_url: str, runs: int) -> Page:
    """A form is sent as its page shows it, with one text changed."""
    url = f"{item}edit/"
    times, statements = [], 0
    for run in range(WARM_UP + runs):
        values = form_values(get(browser, url).decode())
        values["effect"] = f"Effect {run}"
        with Counted() as counted:
            started = time.perf_counter()
            answer = browser.post(url, values)
            times.append(1000 * (time.perf_counter() - started))
        if answer.status_code != 303:
            raise RuntimeError(f"{url} answered {answer.status_code}")
        statements = counted.statements
    bare_runs = iter(range(10_000))
    bare = median(lambda: browser.post(bare_url, {"effect": f"e{next(bare_runs)}"}).content, runs)
    return Page("save a RAID item", statistics.median(times[WARM_UP:]), statements, 0, bare)


def median(ask: Callable[[], bytes], runs: int) -> float:
    """Milliseconds of the middle one of some requests, after some that are not counted."""
    for _run in range(WARM_UP):
        ask()
    gc.collect()
    times = []
    for _run in range(runs):
        started = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


class _Form(HTMLParser):
    """The values a browser would send back with the form of the page's main part."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self._inside = False
        self._select = self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = "pp-form" in given.get("class", "")
        name = given.get("name", "")
        if not self._inside:
            return
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.values[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._text = name
            self.values[name] = ""

    def _input(self, name: str, given: dict[str, str]) -> None:
        if given.get("type") not in ("checkbox", "radio"):
            self.values[name] = given.get("value", "")
        elif "checked" in given:
            self.values.setdefault(name, []).append(given.get("value", "on"))

    def handle_data(self, content: str) -> None:
        if self._text:
            self.values[self._text] += content

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._text = ""


def form_values(page: str) -> dict[str, Any]:
    form = _Form()
    form.feed(page)
    return {
        name: value.strip() if isinstance(value, str) else value
        for name, value in form.values.items()
    }
