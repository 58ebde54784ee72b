"""The first operator of a new portal: somebody has to open the first organisation."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from pmo_portal.operations.services import make_operator


class Command(BaseCommand):
    help = (
        "Make somebody an operator, who creates, suspends and resumes organisations and sees nothing of"
        " what they write. Asks for a password; without a terminal it is read from standard input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="their name; default: the mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        email, name = options["email"], options["name"] or options["email"]
        password = (
            getpass.getpass("Password: ")
            if sys.stdin.isatty()
            else sys.stdin.readline().rstrip("\n")
        )
        try:
            validate_email(email)
            password_validation.validate_password(password)
            make_operator(email=email, name=name, password=password)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(f"{email} is an operator now and signs in at /accounts/login/.")
