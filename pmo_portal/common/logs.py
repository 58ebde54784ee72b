"""JSON logs: request, tenant, user, route name, status and time; never addresses, values or bodies."""

from __future__ import annotations

import logging
import logging.config
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

# What standard-library records and our own have in common before they are written.
_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_settings(*, level: str, style: str) -> dict[str, Any]:
    """The `LOGGING` of the portal; `style` is json (one object a line) or console (for reading)."""
    last: list[Any] = (
        [
            structlog.processors.dict_tracebacks,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(),
        ]
        if style == "json"
        else [structlog.dev.ConsoleRenderer(colors=False)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "portal": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
                "foreign_pre_chain": _SHARED,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "portal"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Says with a path what our own line says with a route name.
            "django.request": {"level": "CRITICAL"},
            "django.server": {"handlers": ["console"], "level": level, "propagate": False},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "django_structlog.celery.receivers": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
        },
    }


def configure(settings: dict[str, Any]) -> None:
    """Set up structlog beside the standard library; named by `LOGGING_CONFIG`."""
    logging.config.dictConfig(settings)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


class RequestLog(RequestMiddleware):
    """One line for each request, with its route name instead of its path.

    Gives the request an id, which the audit trail, error pages and the answer's header repeat. An id sent
    from outside is not believed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)  # type: ignore[arg-type]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        self.prepare(request)
        request_id = structlog.contextvars.get_contextvars()["request_id"]
        request.META["HTTP_X_REQUEST_ID"] = request_id
        request.__dict__.pop("headers", None)
        response: HttpResponse = self.get_response(request)  # type: ignore[assignment]
        response.headers["X-Request-ID"] = request_id
        tenant = getattr(request, "tenant", None)
        structlog.contextvars.bind_contextvars(
            ms=round((time.perf_counter() - started) * 1000, 1),
            **({"tenant_id": str(tenant.pk)} if tenant is not None else {}),
        )
        self.handle_response(request, response)
        return response

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        match = request.resolver_match
        return f"{request.method} {match.view_name or 'unnamed' if match else 'unrouted'}"

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        # Only a user somebody asked for already: a log line costs no query.
        user = getattr(request, "_cached_user", None)
        if user is not None and user.pk is not None:
            structlog.contextvars.bind_contextvars(user_id=user.pk)
