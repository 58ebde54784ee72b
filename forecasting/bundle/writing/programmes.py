"""The programmes of a bundle and the units they touch: found again by their names, or made."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Container

from django.utils.translation import gettext as _

from pmo_portal.jobs.imports.units import unit_code
from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.services import next_reference
from programmes.choices import Stage
from programmes.models import Programme, ProgrammeUnit

from .. import SOURCE
from .adding import BATCH, Writing


def write_programmes(writing: Writing) -> None:
    """Programmes by their name in the bundle; those of an earlier import are found again."""
    known = {each.external_id: each for each in Programme.all_objects.filter(source=SOURCE)}
    taken = set(Programme.all_objects.values_list("code", flat=True))
    new = []
    for name, portfolio, starts_on, _size, _golive in writing.bundle["programmes"]:
        if external_id_of(name) not in known:
            code = _free_code(name, taken)
            taken.add(code)
            new.append(
                Programme(
                    code=code,
                    name=name,
                    portfolio=portfolio[:120],
                    # A history is of something under way; who closes it here says so here.
                    stage=Stage.DELIVERY,
                    starts_on=starts_on,
                    source=SOURCE,
                    external_id=external_id_of(name),
                )
            )
    if new:
        first = next_reference("P", count=len(new))
        for offset, programme in enumerate(new):
            programme.number = first + offset
        Programme.objects.bulk_create(new, batch_size=BATCH)
    known |= {each.external_id: each for each in new}
    writing.programmes = {
        row[0]: known[external_id_of(row[0])] for row in writing.bundle["programmes"]
    }
    writing.count(_("Programmes"), len(new), 0, len(writing.programmes) - len(new))


def write_units(writing: Writing) -> None:
    """Units with their headcount, and which programme touches which."""
    places = _Places()
    for programme, name, headcount in writing.bundle["units"]:
        writing.units[programme, name] = places.of(name, headcount)
    BusinessUnit.objects.bulk_create(places.new, batch_size=BATCH)
    writing.count(_("Units"), len(places.new), 0, len(places.found) - len(places.new))
    kept = {
        (row.programme_id, row.unit_id): row.headcount
        for row in ProgrammeUnit.objects.filter(programme_id__in=writing.ids())
    }
    writing.add(
        ProgrammeUnit,
        (
            (
                (writing.programmes[programme].pk, writing.units[programme, name].pk),
                headcount,
                ProgrammeUnit(
                    programme=writing.programmes[programme],
                    unit=writing.units[programme, name],
                    headcount=headcount,
                ),
            )
            for programme, name, headcount in writing.bundle["units"]
        ),
        kept,
        _("Units touched"),
    )


class _Places:
    """The units a bundle names. Two names are two units, also where their codes would be the same."""

    def __init__(self) -> None:
        units = list(BusinessUnit.objects.order_by("pk"))
        self._by_code = {unit.code: unit for unit in units}
        self._by_name: dict[str, list[BusinessUnit]] = defaultdict(list)
        for unit in units:
            self._by_name[unit.name].append(unit)
        self._claimed: set[str] = set()
        self.found: dict[str, BusinessUnit] = {}
        self.new: list[BusinessUnit] = []

    def of(self, name: str, headcount: int | None) -> BusinessUnit:
        """The unit of that name, else the one whose code the name gives, else a new one."""
        if name not in self.found:
            like = [*self._by_name.get(name, ()), self._by_code.get(unit_code(name))]
            free = (each for each in like if each and each.code not in self._claimed)
            unit = next(free, None)
            if unit is None:
                code = _free_code(name, self._by_code, "U")
                unit = BusinessUnit(code=code, name=name, path=code, headcount=headcount)
                self._by_code[code] = unit
                self.new.append(unit)
            self._claimed.add(unit.code)
            self.found[name] = unit
        return self.found[name]


def external_id_of(name: str) -> str:
    """The name a bundle gives a programme, as what an import knows it by again; long ones keep their difference."""
    if len(name) <= 60:
        return name
    return f"{name[:43]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _free_code(name: str, taken: Container[str], otherwise: str = "P") -> str:
    """The name as a code that nothing has yet."""
    base = unit_code(name) or otherwise
    code, turn = base, 2
    while code in taken:
        code, turn = f"{base[: 29 - len(str(turn))]}-{turn}", turn + 1
    return code
