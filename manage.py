#!/usr/bin/env python
"""Every command of the portal. Finds its database first: see `pmo_portal/embedded/logins.py`."""

import os
import subprocess
import sys
import warnings
from pathlib import Path


def main() -> None:
    import environ

    environ.Env.read_env(Path(__file__).resolve().parent / ".env")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmo_portal.settings")
    if not any(os.environ.get(name) for name in ("PMO_PROFILE", "SECRET_KEY", "SECRET_KEY_FILE")):
        # Nobody has configured a production here, and commands serve nobody.
        os.environ["PMO_PROFILE"] = "embedded"
    if not os.environ.get("DATABASE_URL"):
        # Migrations are written without a database where there is none.
        warnings.filterwarnings("ignore", "Got an error checking a consistent migration history")
    from pmo_portal.embedded.data import Unusable
    from pmo_portal.embedded.logins import database_for

    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if {"-h", "--help"} & set(sys.argv):
        command = "help"
    try:
        if command == "replay":
            # What is wrong with a bundle is said before a server is started for it, which takes half a minute.
            if "--check" in sys.argv:
                command = "check"
            else:
                _check_first()
        with database_for(command):
            from django.core.management import execute_from_command_line

            execute_from_command_line(sys.argv)
    except Unusable as reason:
        sys.exit(str(reason))
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        sys.exit(130)


def _check_first() -> None:
    """Look in a process of its own, which needs no database, and end as it ended where something is wrong."""
    looked = subprocess.run(
        [sys.executable, *sys.argv, "--check"], start_new_session=True, check=False
    )
    if looked.returncode:
        sys.exit(looked.returncode)


if __name__ == "__main__":
    main()
