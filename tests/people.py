"""The cast: two organisations and the people every story of permissions is told with.

Acme has Dana (delivery), Cam (change), Ada (administrator), Sam (steering), Spen (sponsor), Vic (viewer)
and the contributors Dee (delivery) and Coe (change). Ola is an outsider: she holds the strongest roles of
Borealis, and nothing in Acme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

if TYPE_CHECKING:
    from pmo_portal.accounts.members import Member
    from pmo_portal.accounts.models import User
    from pmo_portal.tenants.models import Tenant

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def _tenant(slug: str, name: str) -> Tenant:
    from pmo_portal.tenants.services import create_tenant

    return create_tenant(slug=slug, name=name)


def _member(tenant: Tenant, name: str, *roles: str) -> Member:
    from pmo_portal.accounts.choices import Role
    from tests.factories.accounts import make_member

    return make_member(tenant, name, *(Role(role) for role in roles))


@pytest.fixture
def day_of_stories() -> Iterator[None]:
    """The clock stands still at nine on the day that the stories of the roof are told on."""
    from tests.pmo_portal.scorecards.stories import TODAY, moment

    with time_machine.travel(moment(TODAY), tick=False):
        yield


@pytest.fixture
def acme(db: None) -> Tenant:
    return _tenant("acme", "Acme")


@pytest.fixture
def borealis(db: None) -> Tenant:
    return _tenant("borealis", "Borealis")


@pytest.fixture
def in_acme(acme: Tenant) -> Iterator[Tenant]:
    """Acme with its context open: for services and selectors, not for requests as somebody else."""
    from pmo_portal.tenants.context import tenant_context

    with tenant_context(acme.id):
        yield acme


@pytest.fixture
def dana(acme: Tenant) -> Member:
    return _member(acme, "Dana Delaney", "pmo_lead")


@pytest.fixture
def cam(acme: Tenant) -> Member:
    return _member(acme, "Cam Castillo", "change_lead")


@pytest.fixture
def ada(acme: Tenant) -> Member:
    return _member(acme, "Ada Adeyemi", "administrator")


@pytest.fixture
def sam(acme: Tenant) -> Member:
    return _member(acme, "Sam Sato", "steering_member")


@pytest.fixture
def spen(acme: Tenant) -> Member:
    return _member(acme, "Spen Sharma", "sponsor")


@pytest.fixture
def vic(acme: Tenant) -> Member:
    return _member(acme, "Vic Vance", "viewer")


@pytest.fixture
def dee(acme: Tenant) -> Member:
    return _member(acme, "Dee Dawson", "delivery_contributor")


@pytest.fixture
def coe(acme: Tenant) -> Member:
    return _member(acme, "Coe Clarke", "change_contributor")


@pytest.fixture
def ola(borealis: Tenant) -> Member:
    return _member(borealis, "Ola Okafor", "administrator", "pmo_lead")


@pytest.fixture
def operator(db: None) -> User:
    from tests.factories.accounts import UserFactory

    return UserFactory(email="ops@portal.example", name="Ops", is_operator=True)


@pytest.fixture
def client_for() -> Callable[[Member | User], Client]:
    """A browser in which a member (or a user without a tenant) is signed in."""

    def sign_in(who: Member | User) -> Client:
        browser = Client()
        browser.force_login(getattr(who, "user", who), backend=BACKEND)
        return browser

    return sign_in
