"""Every address of the portal.

Under `/t/<tenant>/` each app brings its own `urls.py`. The finder of references comes last, because it
answers whatever nobody else does.
"""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from pmo_portal import health

# Bottom up; the order matters only where two apps could answer the same address.
TENANT_APPS = [
    "pmo_portal.jobs.urls",
    "pmo_portal.history.urls",
    "programmes.urls",
    "adoption.urls",
    "governance.urls",
    "forecasting.urls",
    "pmo_portal.scorecards.urls",
    "pmo_portal.desk.urls",
    "pmo_portal.history.urls_finder",
]
PLATFORM = [
    # The start page, invitations, and the directory and administration of a tenant.
    ("", "pmo_portal.accounts.urls"),
    ("accounts/", "allauth.urls"),
    ("operations/", "pmo_portal.operations.urls"),
]


def _tenant_patterns() -> list[URLResolver]:
    return [path("", include(name)) for name in TENANT_APPS]


urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("t/<slug:tenant>/", include(_tenant_patterns())),
    *(path(prefix, include(name)) for prefix, name in PLATFORM),
]

if settings.STYLEGUIDE:
    urlpatterns.append(path("styleguide/", include("pmo_portal.common.urls_styleguide")))

handler400 = "pmo_portal.common.refusals.bad_request"
handler403 = "pmo_portal.common.refusals.permission_denied"
handler500 = "pmo_portal.common.refusals.server_error"
