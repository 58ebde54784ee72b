from django.db import models
from django.utils.translation import gettext_lazy as _


class ErasureState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    ERASING = "erasing", _("Being erased")
    ERASED = "erased", _("Erased")
    CALLED_OFF = "called_off", _("Called off")


# What is still to be done, or being done.
OPEN = (ErasureState.WAITING, ErasureState.ERASING)
