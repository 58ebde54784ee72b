"""An organisation with any number of programmes, written by a few statements.

20 milestones, 50 RAID items, 12 reports, training of two units and some signs of resistance for each
programme; 40 units with six survey waves. Deterministic: the same size gives the same rows.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from adoption.services import Entry, record_wave
from forecasting.services import recompute
from pmo_portal.accounts.choices import Role
from pmo_portal.accounts.models import Membership, User
from pmo_portal.scorecards.services import bring_up_to_date
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import BusinessUnit, Tenant
from pmo_portal.tenants.services import add_person, create_tenant, place_unit

from . import agreements, database, governing

UNITS = 40
PEOPLE = 30


def organisation(size: int, *, today: date) -> tuple[Tenant, User]:
    """Make it, with a PMO lead who sees all of it."""
    tenant = create_tenant(slug=f"bench-{size}", name=f"Organisation of {size}")
    user = User.objects.create(email=f"lead-{size}@bench.example", name="Lee Lead")
    with tenant_context(tenant.id):
        Membership.objects.create(tenant=tenant, user=user, roles=[Role.PMO_LEAD])
        units = _units()
        for number in range(PEOPLE):
            add_person(name=f"Person {number}")
        _surveys(units, today)
    database.write(_STATEMENTS, tenant.id, size=size, today=today)
    database.analyse()
    # After the commit, because the surveys have marked every summary by then.
    at = datetime.now(UTC)
    with tenant_context(tenant.id):
        recompute(as_of=today, at=at)
        bring_up_to_date(as_of=today, at=at)
    database.analyse()
    return tenant, user


def _units() -> list[BusinessUnit]:
    top = place_unit(BusinessUnit(code="TOP", name="The organisation", headcount=8000), parent=None)
    return [
        place_unit(
            BusinessUnit(code=f"U{number}", name=f"Unit {number}", headcount=60 + 5 * number),
            parent=top,
        )
        for number in range(UNITS)
    ]


def _surveys(units: list[BusinessUnit], today: date) -> None:
    for wave in range(6):
        on = today - timedelta(days=30 * (5 - wave) + 3)
        record_wave(
            name=f"Pulse {wave + 1}",
            measure="engagement",
            closed_on=on,
            entries=[
                Entry(unit, 45.0 + (number * 7 + wave * 3) % 30, 20 + number)
                for number, unit in enumerate(units)
            ],
            known_at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
            acting=None,
        )


# `p` counts programmes, `m`, `r` and the like what belongs to one of them. Every row is said to be known
# since its own day.
_STATEMENTS = (
    """
    INSERT INTO programmes_programme (tenant_id, version, created_at, number, code, name, purpose,
        portfolio, stage, starts_on, ends_on, budget, delivery_lead_id, change_lead_id, source, external_id)
    SELECT %(tenant)s, 1, now(), p, 'P' || p, 'Programme number ' || p, '', 'Portfolio ' || p %% 8,
        (ARRAY['planning', 'delivery', 'delivery', 'transition'])[1 + p %% 4],
        %(today)s::date - 300, %(today)s::date + 300, (p %% 90 + 10) * 10000000::bigint,
        lead.id, change.id, '', ''
    FROM generate_series(1, %(size)s) p
    JOIN tenants_person lead ON lead.handle = 'person-' || (p %% 15)
    JOIN tenants_person change ON change.handle = 'person-' || (15 + p %% 15)
    """,
    """
    INSERT INTO programmes_programmeunit (tenant_id, programme_id, unit_id)
    SELECT %(tenant)s, programme.id, unit.id
    FROM programmes_programme programme, generate_series(0, 1) n
    JOIN tenants_businessunit unit ON true
    WHERE unit.code = 'U' || ((programme.number * 3 + n * 11) %% 40)
    """,
    """
    INSERT INTO programmes_milestone (tenant_id, version, created_at, number, programme_id, track, name,
        description, baseline_on, forecast_on, actual_on, owner_id, is_golive)
    SELECT %(tenant)s, 1, now(), (programme.number - 1) * 20 + m, programme.id,
        CASE WHEN m %% 3 = 2 THEN 'adoption' ELSE 'delivery' END, 'Milestone ' || m, '',
        day.baseline, day.baseline + day.slip,
        CASE WHEN day.baseline + day.slip < %(today)s::date AND (programme.number + m) %% 17 > 0
             THEN day.baseline + day.slip END,
        programme.delivery_lead_id, m IN (12, 16)
    FROM programmes_programme programme, generate_series(1, 20) m,
    LATERAL (SELECT %(today)s::date - 240 + m * 22 + programme.number %% 20 AS baseline,
        CASE WHEN (programme.number + m) %% 5 = 0 THEN (programme.number + m) %% 30 ELSE 0 END AS slip) day
    """,
    """
    INSERT INTO programmes_milestoneforecast (tenant_id, milestone_id, baseline_on, forecast_on, actual_on, reason,
        effective_on, known_at)
    SELECT %(tenant)s, id, baseline_on, baseline_on, NULL, '', %(today)s::date - 280, %(today)s::date - 280
    FROM programmes_milestone
    UNION ALL
    SELECT %(tenant)s, id, baseline_on, forecast_on, actual_on, 'Supplier is late', said, said
    FROM programmes_milestone,
    LATERAL (SELECT least(coalesce(actual_on, %(today)s::date - 9), %(today)s::date - 1) AS said) day
    WHERE actual_on IS NOT NULL OR forecast_on <> baseline_on
    """,
    """
    INSERT INTO programmes_milestoneunit (tenant_id, milestone_id, unit_id)
    SELECT %(tenant)s, milestone.id, link.unit_id
    FROM programmes_milestone milestone
    JOIN programmes_programmeunit link ON link.programme_id = milestone.programme_id
    WHERE milestone.is_golive
    """,
    """
    INSERT INTO programmes_raiditem (tenant_id, version, created_at, number, kind, programme_id, side, category, external_id, title,
        cause, event, effect, probability, impact, proximity, owner_id, response, response_plan, review_on,
        status, opened_on)
    SELECT %(tenant)s, 1, now(), (programme.number - 1) * 13 + r / 4 + 1,
        (ARRAY['risk', 'issue', 'assumption', 'dependency'])[1 + r %% 4], programme.id,
        (ARRAY['delivery', 'people', 'both'])[1 + r %% 3], '', '', 'Something that may go wrong, number ' || r,
        'A cause', 'An event', 'An effect', 1 + (programme.number + r) %% 5, 1 + (programme.number * 3 + r) %% 4,
        'within_stage', programme.delivery_lead_id, 'reduce', 'A plan', %(today)s::date + (r * 3 - 30),
        CASE WHEN r %% 5 = 4 THEN 'closed' ELSE 'monitoring' END, %(today)s::date - r * 4 - 10
    FROM programmes_programme programme, generate_series(0, 49) r
    """,
    """
    INSERT INTO programmes_raidupdate (tenant_id, item_id, text, probability, impact, status, effective_on, known_at)
    SELECT %(tenant)s, id, '', probability, greatest(impact - 1, 1), 'assessed', opened_on, opened_on
    FROM programmes_raiditem
    UNION ALL
    SELECT %(tenant)s, id, 'Talked to the supplier', probability, impact, status, opened_on + 5, opened_on + 5
    FROM programmes_raiditem
    """,
    """
    INSERT INTO programmes_statusreport (tenant_id, version, created_at, number, programme_id, half, rating,
        opinion, sentence, author_id, computed_rating, computed_reasons, reported_source, effective_on, known_at)
    SELECT %(tenant)s, 1, now(), (programme.number - 1) * 12 + s * 2 + h + 1, programme.id,
        (ARRAY['delivery', 'adoption'])[1 + h],
        (ARRAY['green', 'amber_green', 'amber', 'amber_red', 'red'])[1 + (programme.number + s + h) %% 5],
        'lead', 'The plan holds.', programme.delivery_lead_id, 'ok', '[]', '',
        %(today)s::date - s * 14 - 2, %(today)s::date - s * 14 - 2
    FROM programmes_programme programme, generate_series(0, 5) s, generate_series(0, 1) h
    """,
    """
    INSERT INTO programmes_reportedfact (tenant_id, programme_id, kind, ratio, text, source, effective_on, known_at)
    SELECT %(tenant)s, programme.id, kind, 0.8 + ((programme.number + w) %% 30) / 100.0, '', 'history bundle', day.on, day.on
    FROM programmes_programme programme, unnest(ARRAY['spi', 'cpi', 'burn_ratio']) kind, generate_series(0, 25) w,
    LATERAL (SELECT %(today)s::date - w * 7 - 2 AS on) day
    """,
    """
    INSERT INTO adoption_trainingprogress (tenant_id, programme_id, unit_id, required, completed,
        planned_share, effective_on, known_at)
    SELECT %(tenant)s, link.programme_id, link.unit_id, 100, least(10 + t * 15, 100), 0.2 + t * 0.16,
        day.on, day.on
    FROM programmes_programmeunit link, generate_series(0, 5) t,
    LATERAL (SELECT %(today)s::date - (5 - t) * 14 - 3 AS on) day
    """,
    """
    INSERT INTO adoption_resistancesignal (tenant_id, version, created_at, number, programme_id, unit_id, source,
        theme, strength, text, response, status, effective_on, known_at)
    SELECT %(tenant)s, 1, now(), row_number() OVER (), link.programme_id, link.unit_id,
        (ARRAY['log', 'champion', 'workaround'])[1 + s], 'cannot_yet', 2, 'People keep their own list', '', 'open',
        %(today)s::date - s * 9 - 4, %(today)s::date - s * 9 - 4
    FROM programmes_programmeunit link, generate_series(0, 2) s WHERE link.programme_id %% 3 = 0
    """,
    """
    INSERT INTO governance_decision (tenant_id, version, created_at, number, programme_id, question, context, status,
        requested_on, due_on, decided_on, function_of_decider, outcome, rationale, sets_status, review_on)
    SELECT %(tenant)s, 1, now(), (programme.number - 1) * 6 + d, programme.id, 'Question number ' || d, '',
        CASE WHEN d < 4 THEN 'decided' ELSE 'requested' END, %(today)s::date - 60 + d * 5,
        %(today)s::date - 40 + d * 9, CASE WHEN d < 4 THEN %(today)s::date - 40 + d * 5 END,
        CASE WHEN d < 4 THEN 'joint' ELSE '' END, CASE WHEN d < 4 THEN 'Yes.' ELSE '' END, '',
        '', CASE WHEN d < 3 THEN %(today)s::date + 10 - d * 9 END
    FROM programmes_programme programme, generate_series(1, 6) d
    """,
    """
    INSERT INTO governance_action (tenant_id, version, created_at, number, programme_id, text, owner_id, agreed_on,
        due_on, status)
    SELECT %(tenant)s, 1, now(), (programme.number - 1) * 8 + a, programme.id, 'Action ' || a,
        programme.delivery_lead_id, %(today)s::date - 40, %(today)s::date - 20 + a * 6, 'open'
    FROM programmes_programme programme, generate_series(1, 8) a
    """,
    *agreements.STATEMENTS,
    *governing.STATEMENTS,
    # The counters go on where the rows end.
    """
    INSERT INTO programmes_budgetline (tenant_id, version, created_at, number, programme_id, half, category, name, note)
    SELECT %(tenant)s, 2, now(), row_number() OVER (ORDER BY p.id, n), p.id,
        (ARRAY['delivery', 'adoption'])[n %% 2 + 1], (ARRAY['staff', 'suppliers', 'training'])[n %% 3 + 1], 'Line ' || n, ''
    FROM programmes_programme p, generate_series(1, 4) AS n
    """,
    """
    INSERT INTO programmes_budgetamount (tenant_id, line_id, month, kind, amount, version, effective_on, known_at)
    SELECT %(tenant)s, l.id, (date_trunc('month', %(today)s::date) + make_interval(months => m))::date, k,
        100000 + 1000 * m, 2, %(today)s::date - 30, %(today)s::timestamptz - interval '30 days'
    FROM programmes_budgetline l, generate_series(-6, 5) AS m, unnest(ARRAY['baseline', 'actual', 'forecast']) AS k
    WHERE k <> 'actual' OR m < 0
    """,
    """
    INSERT INTO programmes_milestonelink (tenant_id, version, created_at, number, before_id, after_id, lag, note)
    SELECT %(tenant)s, 1, now(), row_number() OVER (ORDER BY a.id), a.id, b.id, 2, ''
    FROM programmes_milestone a JOIN programmes_milestone b
        ON b.programme_id = a.programme_id AND b.number = a.number + 1
    """,
    """
    INSERT INTO governance_escalation (tenant_id, version, created_at, number, programme_id, title, text, severity,
        raised_by, level_from, level_to, view_due_on, view, status, outcome, effective_on, known_at)
    SELECT %(tenant)s, 1, now(), row_number() OVER (ORDER BY p.id, n), p.id, 'Escalation ' || n, '', n + 1,
        'delivery', 'programme', 'steering', %(today)s::date - 8, '', 'open', '', %(today)s::date - 10, now()
    FROM programmes_programme p, generate_series(1, 3) AS n
    """,
    """
    INSERT INTO governance_changerequest (tenant_id, version, created_at, number, programme_id, title, what, why, kinds,
        milestone_refs, raised_by, status, decided_on, decided_at, outcome, effective_on, known_at)
    SELECT %(tenant)s, 2, now(), (p.number - 1) * 3 + n, p.id, 'Change ' || n, 'Less', 'Late',
        ARRAY['scope', 'time'], ARRAY[]::varchar[], (ARRAY['delivery', 'change'])[n %% 2 + 1],
        (ARRAY['assessing', 'ready', 'approved'])[n],
        CASE WHEN n = 3 THEN %(today)s::date - 20 END, CASE WHEN n = 3 THEN %(today)s::timestamptz - interval '20 days' END,
        '', %(today)s::date - 30, %(today)s::timestamptz - interval '30 days'
    FROM programmes_programme p, generate_series(1, 3) AS n
    """,
    """
    INSERT INTO governance_deliveryimpact (tenant_id, version, created_at, request_id, said_on, nothing_because, days, cost,
        scope, quality, benefit)
    SELECT %(tenant)s, 2, now(), id, CASE WHEN status <> 'assessing' THEN %(today)s::date - 25 END, '', 10, 250000,
        'Less', '', ''
    FROM governance_changerequest
    """,
    """
    INSERT INTO governance_peopleimpact (tenant_id, version, created_at, request_id, said_on, nothing_because, unit_codes,
        hours, words, training, communications)
    SELECT %(tenant)s, 2, now(), id, CASE WHEN status <> 'assessing' THEN %(today)s::date - 25 END, '', ARRAY['U1', 'U2'],
        40, 'Paper', '', ''
    FROM governance_changerequest
    """,
    """
    INSERT INTO governance_changesignature (tenant_id, request_id, function, verdict, reason, person_id, role_then, digest,
        signed_at, signed_on, withdrawn_because)
    SELECT %(tenant)s, c.id, f, 'approved', '', CASE f WHEN 'delivery' THEN p.delivery_lead_id ELSE p.change_lead_id END,
        'Lead', '', %(today)s::timestamptz - interval '20 days', %(today)s::date - 20, ''
    FROM governance_changerequest c JOIN programmes_programme p ON p.id = c.programme_id,
        unnest(ARRAY['delivery', 'change']) AS f
    WHERE c.status = 'approved' OR (c.status = 'ready' AND f = 'delivery')
    """,
    """
    INSERT INTO tenants_counter (tenant_id, kind, value)
    VALUES (%(tenant)s, 'P', 100000), (%(tenant)s, 'M', 100000), (%(tenant)s, 'R', 100000),
        (%(tenant)s, 'I', 100000), (%(tenant)s, 'A', 100000), (%(tenant)s, 'D', 100000)
    """,
)
