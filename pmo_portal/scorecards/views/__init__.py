"""Pages of the roof, one file per page."""

from .heat import unit_heat
from .portfolio import portfolio_list
from .roadmap import roadmap
from .scorecard import programme_scorecard

__all__ = ["portfolio_list", "programme_scorecard", "roadmap", "unit_heat"]
