"""Programmes that ended before the stories begin to matter: their weekly history, drawn from a seed and imported as a bundle.

A dozen programmes have too few crises to learn anything from. With these the pages of models, of what came true and of a
challenger show what they are for. Nothing is tuned: the laws of the world are drawn as for any invented organisation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from forecasting.bundle import SOURCE
from forecasting.bundle.reading import files_in, parse
from forecasting.bundle.writing.applying import apply
from forecasting.learning import worlds
from pmo_portal.tenants.models import BusinessUnit
from programmes.choices import Stage
from programmes.models import Programme

from .stories import Organisation

# Each programme was followed for so many weeks; the last one ended so long ago.
WEEKS = 40
ENDED = timedelta(weeks=3)


def write(organisation: Organisation, today: date) -> None:
    """Import the past of an organisation, and close what it tells of. Nothing where it has none."""
    if not organisation.past:
        return
    past = _Past(organisation, today)
    with TemporaryDirectory() as folder:
        past.write(Path(folder))
        apply(parse(files_in(Path(folder))))
    ended = {past.name(at): past.ended(at) for at in range(past.world.programmes)}
    programmes = list(Programme.objects.filter(source=SOURCE))
    for programme in programmes:
        programme.stage, programme.ends_on = Stage.CLOSED, ended[programme.name]
    Programme.objects.bulk_update(programmes, ["stage", "ends_on"])
    BusinessUnit.objects.filter(programmes__in=programmes).update(is_active=False)


class _Past(worlds.History):
    """A world whose programmes have names and portfolios of the organisation, and are over."""

    def __init__(self, organisation: Organisation, today: date) -> None:
        self._names = organisation.past
        self._portfolios = sorted({story.portfolio for story in organisation.stories})
        drawn = worlds.draw_world(organisation.seed, programmes=len(self._names), weeks=WEEKS)
        super().__init__(
            replace(
                drawn,
                portfolios=len(self._portfolios),
                survey_every=organisation.cadence_weeks,
            )
        )
        monday = today - ENDED - timedelta(days=today.weekday())
        later = monday - max(map(self.ended, range(len(self._names))))
        self.start = [day + later for day in self.start]

    def ended(self, programme: int) -> date:
        """The last Monday on which it was spoken of."""
        return self.start[programme] + timedelta(weeks=WEEKS - 1)

    def name(self, programme: int) -> str:
        return self._names[programme]

    def unit(self, programme: int, unit: int) -> str:
        return f"{self.name(programme)}, team {unit + 1}"

    def programmes(self) -> Iterator[list[Any]]:
        for at, row in enumerate(super().programmes()):
            yield [row[0], self._portfolios[self.portfolio[at]], *row[2:]]

    def surveys(self) -> Iterator[list[Any]]:
        """Told when all teams of a programme had answered, so that there is one wave every few weeks."""
        every = timedelta(weeks=self.world.survey_every)
        start = {self.name(at): day for at, day in enumerate(self.start)}
        for name, unit, day, *answered in super().surveys():
            since = date.fromisoformat(day) - start[name]
            told = start[name] + -(-since // every) * every
            if told <= start[name] + timedelta(weeks=WEEKS - 1):
                yield [name, unit, told.isoformat(), *answered]

    def raid(self) -> tuple[list[list[Any]], list[list[Any]]]:
        """What was still open when a programme ended was closed with it."""
        items, updates = super().raid()
        ended = {self.name(at): self.ended(at).isoformat() for at in range(len(self._names))}
        return [[*item[:-1], item[-1] or ended[item[1]]] for item in items], updates
