from django.urls import path

from . import views

app_name = "jobs"

urlpatterns = [
    path("jobs/", views.job_list, name="job_list"),
    path("jobs/<str:reference>/", views.job_detail, name="job_detail"),
    path("jobs/<str:reference>/retry/", views.job_retry, name="job_retry"),
]
