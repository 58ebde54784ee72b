"""The floor: views that render the same number of rows from one statement and do nothing else.

They stand behind the same middleware, so session, user and tenant are loaded for them as well.
"""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.views.decorators.csrf import csrf_exempt

PAGE = engines["django"].from_string(
    "<!doctype html><title>Rows</title><table>{% for row in rows %}<tr>{% for cell in row %}"
    "<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)
_STATEMENTS = {
    "portfolio": (
        "SELECT p.code, p.name, p.stage, s.golive_on, s.delivery_state, s.delivery_on,"
        " s.adoption_state, s.adoption_on FROM programmes_programme p"
        " JOIN scorecards_programmesummary s ON s.programme_id = p.id"
        " WHERE p.deleted_at IS NULL ORDER BY s.adoption_rank, s.delivery_rank, p.name LIMIT 50"
    ),
    "roadmap": (
        "SELECT p.code, m.number, m.name, m.track, m.baseline_on, m.forecast_on, m.actual_on,"
        " m.is_golive FROM programmes_milestone m JOIN programmes_programme p"
        " ON p.id = m.programme_id WHERE p.deleted_at IS NULL AND m.deleted_at IS NULL"
        " ORDER BY p.code, m.forecast_on LIMIT 400"
    ),
    "heat": (
        "SELECT u.code, u.name, u.path, u.headcount FROM tenants_businessunit u"
        " WHERE u.is_active ORDER BY u.path LIMIT 50"
    ),
    "raid": (
        "SELECT r.kind, r.number, r.title, r.side, r.score, r.status, r.owner_id, r.review_on"
        " FROM programmes_raiditem r JOIN programmes_programme p ON p.id = r.programme_id"
        " WHERE p.code = 'P1' AND r.deleted_at IS NULL"
        " AND r.status NOT IN ('occurred', 'closed') ORDER BY r.score DESC NULLS LAST, r.id LIMIT 50"
    ),
    "raid-all": (
        "SELECT r.kind, r.number, r.title, r.side, r.score, r.status, r.owner_id, r.review_on"
        " FROM programmes_raiditem r WHERE r.deleted_at IS NULL"
        " AND r.status NOT IN ('occurred', 'closed') ORDER BY r.score DESC NULLS LAST, r.id LIMIT 50"
    ),
    "scorecard": (
        "SELECT m.number, m.name, m.track, m.baseline_on, m.forecast_on, m.actual_on, m.owner_id,"
        " m.is_golive FROM programmes_milestone m JOIN programmes_programme p"
        " ON p.id = m.programme_id WHERE p.code = 'P1' ORDER BY m.forecast_on LIMIT 20"
    ),
    "charters": (
        "SELECT c.number, p.name, c.edition, c.status, c.agreed_on FROM governance_charter c"
        " JOIN programmes_programme p ON p.id = c.programme_id"
        " WHERE c.deleted_at IS NULL ORDER BY p.name LIMIT 50"
    ),
    "reviews": (
        "SELECT r.number, p.name, r.share, r.status, r.reached_on, r.due_on FROM governance_review r"
        " JOIN programmes_programme p ON p.id = r.programme_id"
        " WHERE r.deleted_at IS NULL ORDER BY r.due_on LIMIT 50"
    ),
    "moves": (
        "SELECT g.number, m.name, g.effective_on, g.from_on, g.to_on, g.reason"
        " FROM governance_golivemove g JOIN programmes_milestone m ON m.id = g.milestone_id"
        " WHERE g.deleted_at IS NULL ORDER BY g.effective_on DESC LIMIT 50"
    ),
    "item": (
        "SELECT u.effective_on, u.text, u.probability, u.impact, u.status"
        " FROM programmes_raidupdate u JOIN programmes_raiditem r ON r.id = u.item_id"
        " WHERE r.kind = 'risk' AND r.number = 1"
    ),
}


def rows(request: HttpRequest, tenant: str, what: str) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENTS[what])
        return HttpResponse(PAGE.render({"rows": cursor.fetchall()}, request))


@csrf_exempt
def save(request: HttpRequest, tenant: str) -> HttpResponse:
    """One statement that changes one row, with its audit trigger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE programmes_raiditem SET effect = %s WHERE kind = 'risk' AND number = 1",
            [request.POST["effect"]],
        )
    return HttpResponse(status=303, headers={"Location": "/"})
