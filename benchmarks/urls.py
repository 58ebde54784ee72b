from django.urls import path

from pmo_portal.urls import urlpatterns as portal

from . import bare

urlpatterns = [
    path("t/<slug:tenant>/bare/save/", bare.save),
    path("t/<slug:tenant>/bare/<str:what>/", bare.rows),
    *portal,
]
