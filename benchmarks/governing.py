"""A steering group for each programme with meetings, what was found of decisions, and judgements."""

from __future__ import annotations

STATEMENTS = (
    """
    INSERT INTO governance_steeringgroup (tenant_id, version, created_at, number, programme_id, name, purpose, cadence,
        quorum)
    SELECT %(tenant)s, 1, now(), p.number, p.id, 'Steering group', '', 'fortnightly', 2 FROM programmes_programme p
    """,
    # The first one is over with its minutes, the second one is to come.
    """
    INSERT INTO governance_meeting (tenant_id, version, created_at, number, programme_id, group_id, held_on, length,
        place, chair_id, chair_function, chair_reason, status)
    SELECT %(tenant)s, 1, now(), (p.number - 1) * 2 + n, p.id, g.id, %(today)s::date - 30 + n * 20, 90, 'Room 4',
        CASE WHEN n = 1 THEN p.delivery_lead_id ELSE p.change_lead_id END,
        CASE WHEN n = 1 THEN 'delivery' ELSE 'change' END, '', 'planned'
    FROM programmes_programme p JOIN governance_steeringgroup g ON g.programme_id = p.id, generate_series(1, 2) n
    """,
    """
    INSERT INTO governance_meetingitem (tenant_id, version, created_at, number, meeting_id, position, title, why, side,
        minutes, source, decision_id, note, outcome)
    SELECT %(tenant)s, 1, now(), (m.number - 1) * 6 + n, m.id, n, 'Item ' || n, '',
        CASE n %% 3 WHEN 0 THEN 'both' WHEN 1 THEN 'delivery' ELSE 'change' END, 15, '',
        (SELECT d.id FROM governance_decision d WHERE d.programme_id = m.programme_id ORDER BY d.number OFFSET n - 1 LIMIT 1),
        CASE WHEN m.held_on < %(today)s THEN 'It was spoken about.' ELSE '' END,
        CASE WHEN m.held_on < %(today)s THEN 'noted' ELSE '' END
    FROM governance_meeting m, generate_series(1, 6) n
    """,
    """
    INSERT INTO governance_decisionlook (tenant_id, decision_id, line, verdict, text, effective_on, known_at)
    SELECT %(tenant)s, d.id, 1, 'worked', 'Nobody asks any more.', %(today)s::date - 5, now()
    FROM governance_decision d WHERE d.review_on IS NOT NULL
    """,
    """
    INSERT INTO governance_judgementround (tenant_id, version, created_at, number, programme_id, asked_on, closes_on)
    SELECT %(tenant)s, 1, now(), (p.number - 1) * 3 + n, p.id, %(today)s::date - n * 30, %(today)s::date - n * 30 + 7
    FROM programmes_programme p, generate_series(1, 3) n
    """,
    """
    INSERT INTO governance_judgement (tenant_id, version, created_at, round_id, voice, level, sentence, given_on)
    SELECT %(tenant)s, 1, now(), r.id, v, 2 + length(v) %% 3, 'So it is.', r.asked_on
    FROM governance_judgementround r, unnest(ARRAY['delivery', 'change', 'sponsor']) v
    """,
)
