"""Pages outside every tenant (start, theme, invitations), and administration inside one."""

from django.urls import include, path

from .views import directory, home, invitations, joining, members

app_name = "accounts"

tenant_patterns = [
    path("units/", directory.unit_list, name="unit_list"),
    path("units/<str:code>/", directory.unit_detail, name="unit_detail"),
    path("people/", directory.person_list, name="person_list"),
    path("people/<slug:handle>/", directory.person_detail, name="person_detail"),
    path("admin/units/new/", directory.unit_create, name="unit_create"),
    path("admin/units/<str:code>/edit/", directory.unit_edit, name="unit_edit"),
    path("admin/people/new/", directory.person_create, name="person_create"),
    path("admin/people/<slug:handle>/edit/", directory.person_edit, name="person_edit"),
    path("admin/thresholds/", directory.thresholds_detail, name="thresholds_detail"),
    path("admin/thresholds/edit/", directory.thresholds_edit, name="thresholds_edit"),
    path("admin/members/", members.member_list, name="member_list"),
    path("admin/members/<str:reference>/", members.member_edit, name="member_edit"),
    path("admin/members/<str:reference>/end/", members.member_end, name="member_end"),
    path("admin/members/<str:reference>/resume/", members.member_resume, name="member_resume"),
    path("admin/invitations/", invitations.invitation_list, name="invitation_list"),
    path("admin/invitations/new/", invitations.invitation_create, name="invitation_create"),
    path(
        "admin/invitations/<str:reference>/",
        invitations.invitation_detail,
        name="invitation_detail",
    ),
    path(
        "admin/invitations/<str:reference>/resend/",
        invitations.invitation_resend,
        name="invitation_resend",
    ),
    path(
        "admin/invitations/<str:reference>/withdraw/",
        invitations.invitation_withdraw,
        name="invitation_withdraw",
    ),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("accounts/theme/", home.theme_set, name="theme_set"),
    path("accounts/invitations/<str:token>/", joining.invitation_accept, name="invitation_accept"),
    path("t/<slug:tenant>/", include(tenant_patterns)),
]
