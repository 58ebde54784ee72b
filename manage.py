#!/usr/bin/env python
"""Every command of the portal. Finds the database first: see `pmo_portal/embedded/logins.py`."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmo_portal.settings")
    if "DATABASE_URL" not in os.environ:
        os.environ.setdefault("PMO_PROFILE", "embedded")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
