from django.db import models
from django.utils.translation import gettext_lazy as _

# Tables that hold no tenant data of their own and are exempt from row-level security. The start-up
# check and the isolation tests read this same list; nothing else may be added silently.
GLOBAL_MODELS = frozenset(
    {
        "tenants.Tenant",
        "accounts.User",
        "accounts.Membership",
        "accounts.PublicLink",
        "forecasting.SharedPrior",
        "jobs.Ticket",
        "operations.Erasure",
    }
)


class Quotes(models.TextChoices):
    """Who may read what people wrote word for word."""

    NOBODY = "nobody", _("Nobody")
    CHANGE = "change", _("The adoption function, to tag comments")
    EVERYBODY = "everybody", _("Everybody who sees the programme")


class TenantStatus(models.TextChoices):
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    CLOSED = "closed", _("closed")
