"""The Celery app. Messages are nudges only; the job itself is a row (see `pmo_portal.jobs`)."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init
from django.core.exceptions import ImproperlyConfigured
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmo_portal.settings")

app = Celery("pmo_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Django has set up the logs already; Celery leaves them alone when somebody listens here."""


@worker_init.connect
def refuse_what_the_web_refuses(**kwargs: Any) -> None:
    # Its models need the apps, which Celery has loaded by now.
    from pmo_portal.health import refuse_a_strong_login

    try:
        refuse_a_strong_login()
    except ImproperlyConfigured as refusal:
        # Celery goes on after any other exception of a receiver.
        raise SystemExit(str(refusal)) from refusal
