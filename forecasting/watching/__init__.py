"""Whether what was told comes true, and what follows where it does not.

Only jobs and commands import this package: it needs numpy.
"""

from .checks import Findings, keep_findings, look

__all__ = ["Findings", "keep_findings", "look"]
