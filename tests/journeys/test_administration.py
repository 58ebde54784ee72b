"""Administration and console: reachable for everybody, on every width, in both colours."""

from .conftest import DEVICES, shuts_out
from .test_sign_in import open_organisation

OF_TENANT = (
    "units/", "units/FIN/", "admin/units/FIN/edit/", "people/", "people/ria-reed/", "admin/people/new/",
    "admin/members/", "admin/members/MEM-1/", "admin/invitations/", "admin/invitations/INV-1/",
    "admin/invitations/new/", "admin/thresholds/", "admin/thresholds/edit/",
)  # fmt: skip
OF_ACCOUNT = ("accounts/2fa/", "accounts/sessions/", "accounts/email/", "accounts/password/change/")
OF_OPERATOR = (
    "operations/", "operations/new/", "operations/tenants/reach/", "operations/tenants/reach/erase/", "operations/erasures/",
)  # fmt: skip
OF_EVERYBODY = (
    "accounts/login/", "accounts/signup/", "accounts/password/reset/", "accounts/invitations/never-was/",
)  # fmt: skip


def test_no_page_shuts_anybody_out(empty_portal, somebody):
    portal = empty_portal
    ops, ria = open_organisation(
        portal, somebody, "Reach", "reach", "Ria Reed", reduced_motion="reduce"
    )
    ria.page.goto(f"{portal.address}/t/reach/admin/units/new/")
    ria.page.get_by_label("Code").fill("FIN")
    ria.page.get_by_label("Name", exact=True).fill("Finance")
    ria.page.get_by_role("button", name="Save").click()
    ria.page.wait_for_url(f"{portal.address}/t/reach/units/FIN/")
    walk = [(ria.page, f"t/reach/{path}") for path in OF_TENANT]
    walk += [(ria.page, path) for path in OF_ACCOUNT]
    walk += [(ops.page, path) for path in OF_OPERATOR]
    passer_by = somebody(reduced_motion="reduce")
    walk += [(passer_by.page, path) for path in OF_EVERYBODY]
    found = []
    for page, path in walk:
        answer = page.goto(f"{portal.address}/{path}")
        assert answer.status in (200, 404), path
        for width, colours, rules in DEVICES:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=colours)
            found += [(width, colours, path, *each) for each in shuts_out(page, *rules)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
                found.append((width, colours, path, "wider than the screen"))
    assert found == []
