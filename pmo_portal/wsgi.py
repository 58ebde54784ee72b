"""What the web server loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmo_portal.settings")

application = get_wsgi_application()

# Its models need the apps, which the line above has loaded.
from pmo_portal.health import refuse_a_strong_login

refuse_a_strong_login()
