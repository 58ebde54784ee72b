"""What the web server loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmo_portal.settings")

application = get_wsgi_application()

from pmo_portal.health import refuse_a_strong_login  # noqa: E402  (needs the apps to be loaded)

refuse_a_strong_login()
