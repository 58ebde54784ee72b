from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member may be in a tenant. PMO and change roles are peers: neither implies the other."""

    ADMINISTRATOR = "administrator", _("Administrator")
    PMO_LEAD = "pmo_lead", _("PMO lead")
    CHANGE_LEAD = "change_lead", _("Change lead")
    DELIVERY_CONTRIBUTOR = "delivery_contributor", _("Delivery contributor")
    CHANGE_CONTRIBUTOR = "change_contributor", _("Change contributor")
    STEERING_MEMBER = "steering_member", _("Steering member")
    SPONSOR = "sponsor", _("Sponsor")
    VIEWER = "viewer", _("Viewer")


class Function(models.TextChoices):
    """The side of the house somebody speaks for."""

    DELIVERY = "delivery", _("Delivery")
    CHANGE = "change", _("Adoption")
    BUSINESS = "business", _("Business")


DELIVERY_ROLES = frozenset({Role.PMO_LEAD, Role.DELIVERY_CONTRIBUTOR})
CHANGE_ROLES = frozenset({Role.CHANGE_LEAD, Role.CHANGE_CONTRIBUTOR})

# Roles that see every programme of the tenant; contributors see those they work on.
BROAD_ROLES = frozenset(Role) - {Role.DELIVERY_CONTRIBUTOR, Role.CHANGE_CONTRIBUTOR}
