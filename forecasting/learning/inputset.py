"""What a kind of score is made of: its raw inputs, how gaps are filled, and the terms made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .names import Feature, Term

Matrix = npt.NDArray[np.float64]
# A factor of interactions that is no raw input itself, from the filled inputs by name.
Factor = Callable[[Mapping[str, Matrix]], Matrix]


@dataclass(frozen=True)
class InputSet:
    """The inputs of one target, in a fixed order.

    A change of meaning or order is a new `version`: kept rows and models name the one they were made for.

    Attributes:
        version: its name.
        raw: the inputs; a row holds one value for each, NaN for what was not known.
        interactions: products of inputs or of `factors`, added to them as terms.
        factors: what else interactions are made of.
    """

    version: str
    raw: tuple[Feature, ...]
    interactions: tuple[Term, ...] = ()
    factors: Mapping[str, Factor] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[Feature | Term, ...]:
        """Inputs and interactions, in the order of `terms`."""
        return (*self.raw, *self.interactions)

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(feature.name for feature in self.raw)

    @cached_property
    def terms(self) -> tuple[str, ...]:
        return (*self.names, *(term.name for term in self.interactions))

    @cached_property
    def drivers(self) -> tuple[str, ...]:
        """The subjects under which the shares of terms are put together."""
        return tuple(dict.fromkeys(each.driver for each in self.parts))

    @cached_property
    def driver_of(self) -> dict[str, str]:
        return {each.name: each.driver for each in self.parts}

    @cached_property
    def directions(self) -> tuple[int, ...]:
        """Which way each term may act, in the order of `terms`."""
        return tuple(each.direction for each in self.parts)

    def filled(self, raw: Matrix) -> Matrix:
        """The raw inputs with every gap filled by the rule of its input.

        Args:
            raw: rows x inputs, NaN for what is not known.

        Raises:
            ValueError: the width is not that of the inputs.
        """
        if raw.ndim != 2 or raw.shape[1] != len(self.raw):
            raise ValueError(f"A row has {len(self.raw)} inputs, not {raw.shape[-1]}.")
        return np.where(np.isnan(raw), [feature.stands_in for feature in self.raw], raw)

    def design(self, raw: Matrix) -> Matrix:
        """The terms of a model, in the order of `terms`: filled inputs, then interactions."""
        known = self.filled(np.asarray(raw, dtype=np.float64))
        factor = dict(zip(self.names, known.T, strict=True))
        made = {name: make(factor) for name, make in self.factors.items()}
        factor |= made
        products = [
            np.prod([factor[name] for name in term.factors], axis=0) for term in self.interactions
        ]
        return np.column_stack([known, *products])

    def missing(self, raw: Matrix) -> npt.NDArray[np.bool_]:
        """Which inputs were not known, rows x inputs."""
        return np.isnan(raw)
