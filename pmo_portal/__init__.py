import os

# Our processes share the cores among them; linear algebra that takes every core for itself in each of them makes all
# of them wait (measured: learning in three processes on four cores took more than ten times as long). Read by the
# libraries when they are loaded, so it stands before anything else.
for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

from .celery import app as celery_app  # noqa: E402

__all__ = ("celery_app",)
