"""Charters, reviews and moved go-lives of the measured organisation: an agreed charter of six lines and two reviews each."""

STATEMENTS = (
    """
    INSERT INTO governance_charter (tenant_id, version, created_at, number, programme_id, edition, status, agreed_on,
        purpose, objectives, in_scope, out_of_scope, case_strategic, case_economic, case_commercial, case_financial,
        case_management, tolerance_scope, tolerance_quality, tolerance_days)
    SELECT %(tenant)s, 1, now(), number, id, 1, 'agreed', %(today)s::date - 290, 'Why', 'What', 'In', 'Out', 'Now', 'Best',
        'Bought', 'Paid', 'Led', '', '', 10
    FROM programmes_programme
    """,
    """
    INSERT INTO governance_successmeasure (tenant_id, version, created_at, charter_id, line, half, unit, figure, name,
        baseline_value, target_value, due_on, how)
    SELECT %(tenant)s, 1, now(), id, n, (ARRAY['delivery', 'adoption'])[n], '%%', '', 'Measure ' || n, 60, 90,
        %(today)s::date + 200, ''
    FROM governance_charter, generate_series(1, 2) n
    """,
    """
    INSERT INTO governance_charterassumption (tenant_id, version, created_at, charter_id, line, half, unit, figure, text,
        value, words, margin)
    SELECT %(tenant)s, 1, now(), id, n, (ARRAY['delivery', 'adoption'])[1 + n %% 2], 'hours',
        (ARRAY['', 'engagement', 'training', 'milestones_met'])[n - 2], 'Assumption ' || n, 4, '', 1
    FROM governance_charter, generate_series(3, 6) n
    """,
    """
    INSERT INTO governance_chartersignature (tenant_id, charter_id, function, person_id, role_then, digest, signed_at,
        signed_on, withdrawn_because)
    SELECT %(tenant)s, charter.id, side.function,
        CASE side.function WHEN 'delivery' THEN programme.delivery_lead_id ELSE programme.change_lead_id END,
        'Lead', repeat('0', 64), %(today)s::date - 290, %(today)s::date - 290, ''
    FROM governance_charter charter
    JOIN programmes_programme programme ON programme.id = charter.programme_id,
    (VALUES ('delivery'), ('change')) AS side (function)
    """,
    """
    INSERT INTO governance_review (tenant_id, version, created_at, number, programme_id, charter_id, share, reached_on,
        due_on, status, done_on, delivery_done_on, change_done_on, learned)
    SELECT %(tenant)s, 1, now(), (number - 1) * 2 + n, programme_id, id, n * 25, %(today)s::date - 200 + n * 90,
        %(today)s::date - 186 + n * 90, (ARRAY['done', 'open'])[n],
        CASE n WHEN 1 THEN %(today)s::date - 100 END, CASE n WHEN 1 THEN %(today)s::date - 100 END,
        CASE n WHEN 1 THEN %(today)s::date - 100 END, ''
    FROM governance_charter, generate_series(1, 2) n
    """,
    """
    INSERT INTO governance_reviewline (tenant_id, review_id, line, kind, half, text, unit, value, target, due_on, words,
        margin, figure)
    SELECT %(tenant)s, review.id, line.line, line.kind, line.half, line.text, line.unit, line.value, line.target,
        line.due_on, '', line.margin, line.figure
    FROM governance_review review JOIN (
        SELECT charter_id, line, 'measure' AS kind, half, name AS text, unit, baseline_value AS value,
            target_value AS target, due_on, NULL::float AS margin, figure FROM governance_successmeasure
        UNION ALL
        SELECT charter_id, line, 'assumption', half, text, unit, value, NULL, NULL, margin, figure
        FROM governance_charterassumption
    ) line USING (charter_id)
    """,
    """
    INSERT INTO governance_reviewview (tenant_id, version, created_at, review_line_id, function, verdict, evidence, given_on)
    SELECT %(tenant)s, 1, now(), line.id, side.function, (ARRAY['holds', 'drifted', 'broken'])[1 + line.line %% 3],
        'Counted', %(today)s::date - 100
    FROM governance_reviewline line, (VALUES ('delivery'), ('change')) AS side (function)
    """,
    """
    INSERT INTO governance_golivemove (tenant_id, version, created_at, number, programme_id, milestone_id, forecast_id,
        from_on, to_on, reason, text, effective_on, known_at)
    SELECT %(tenant)s, 1, now(), row_number() OVER (), milestone.programme_id, milestone.id, said.id, milestone.baseline_on,
        milestone.baseline_on + 14, (ARRAY['', 'readiness', 'delivery'])[1 + milestone.number %% 3], 'Late',
        said.effective_on, said.known_at
    FROM programmes_milestone milestone
    JOIN LATERAL (SELECT * FROM programmes_milestoneforecast
        WHERE milestone_id = milestone.id ORDER BY id LIMIT 1) said ON true
    WHERE milestone.is_golive
    """,
)
