from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    POISONED = "poisoned", _("Stopped after repeated crashes")


FAILURES = frozenset({JobState.FAILED, JobState.POISONED})
FINISHED = FAILURES | {JobState.DONE}
