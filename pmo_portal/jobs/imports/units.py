"""The units that public files speak of: departments as roots, their organisations below."""

from __future__ import annotations

import re

from pmo_portal.tenants.models import BusinessUnit
from pmo_portal.tenants.services import place_unit

# Families as the Government Major Projects Portfolio data fold them. A family that is not here is called by its code.
_DEPARTMENTS = {
    "BEIS": "Business, Energy and Industrial Strategy",
    "CO": "Cabinet Office",
    "CPS": "Attorney General's departments",
    "DCMS": "Digital, Culture, Media and Sport",
    "DEFRA": "Environment, Food and Rural Affairs",
    "DFE": "Education",
    "DFT": "Transport",
    "DHSC": "Health and Social Care",
    "DWP": "Work and Pensions",
    "FCDO": "Foreign, Commonwealth and Development Office",
    "HMLR": "HM Land Registry",
    "HMRC": "HM Revenue and Customs",
    "HMT": "HM Treasury and Chancellor's departments",
    "HO": "Home Office",
    "MHCLG": "Housing, Communities and Local Government",
    "MOD": "Defence",
    "MOJ": "Justice",
    "NCA": "National Crime Agency",
    "NS-I": "National Savings and Investments",
    "ONS": "Statistics",
}


def unit_code(text: str) -> str:
    """A text as a unit code: upper case, letters, digits and hyphens, at most 30 (NS&I becomes NS-I)."""
    return re.sub(r"[^A-Z0-9]+", "-", text.upper()).strip("-")[:30].rstrip("-")


class Units:
    """The unit tree during one import: found once, made where missing."""

    def __init__(self) -> None:
        self._by_code = {unit.code: unit for unit in BusinessUnit.objects.all()}
        self.created = 0

    def get(self, code: str) -> BusinessUnit | None:
        return self._by_code.get(code)

    def department(self, family: str) -> BusinessUnit:
        """The unit of a department family (`MOD`, `NS&I`), made as a root when missing."""
        code = unit_code(family)
        return self.get_or_create(code, name=_DEPARTMENTS.get(code, family))

    def get_or_create(
        self, code: str, *, name: str, parent: BusinessUnit | None = None
    ) -> BusinessUnit:
        """The unit of a code; an existing one stays where people put it."""
        unit = self._by_code.get(code)
        if unit is None:
            unit = place_unit(BusinessUnit(code=code, name=name[:160]), parent=parent)
            self._by_code[code] = unit
            self.created += 1
        return unit
