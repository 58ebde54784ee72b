"""Governance: decisions that wait, actions that are late, and changes of scope that were approved."""

from __future__ import annotations

from collections.abc import Mapping

from governance.choices import CHANGE_APPROVED, ChangeKind
from governance.models import Action, ChangeRequest, Decision

from ..learning.names import SCOPE_DAYS
from ..versions import stood, table_of
from .asking import AT, Asked, Place, Table, holds

# Questions and actions have no facts of their own: what their records said by then, from when they were recorded on.
_DECISIONS = (
    AT
    + f"""
SELECT at.id, at.day, percentile_cont(0.8) WITHIN GROUP (ORDER BY at.day - d.requested_on)
FROM at JOIN {stood(Decision, "programme", "created_at", "status", "requested_on", "decided_on")} d
    ON d.programme_id = at.id AND {holds("d")} AND d.created_at <= at.until
WHERE d.status <> 'withdrawn' AND d.requested_on <= at.day
  AND (d.decided_on IS NULL OR d.decided_on > at.day)
GROUP BY at.id, at.day"""
)

# Changes of scope that both leads approved, by the day the second of them signed. What came of one afterwards does
# not matter: an approved request is never changed, withdrawn or removed.
_SCOPE_CHANGES = (
    AT
    + f"""
SELECT at.id, at.day, count(*)
FROM at JOIN {table_of(ChangeRequest)} c ON c.programme_id = at.id AND c.deleted_at IS NULL
    AND c.status = ANY(%(approved)s) AND '{ChangeKind.SCOPE}' = ANY(c.kinds)
    AND c.decided_on <= at.day AND c.decided_on > at.day - {SCOPE_DAYS} AND c.decided_at <= at.until
GROUP BY at.id, at.day"""
)

_ACTIONS = (
    AT
    + f"""
SELECT at.id, at.day, count(*)
FROM at JOIN {stood(Action, "programme", "created_at", "agreed_on", "due_on", "done_on")} a
    ON a.programme_id = at.id AND {holds("a")} AND a.created_at <= at.until
WHERE a.agreed_on <= at.day AND a.due_on < at.day AND (a.done_on IS NULL OR a.done_on > at.day)
GROUP BY at.id, at.day"""
)


def add_governed(asked: Asked, at: Mapping[Place, int], table: Table) -> None:
    """Fill in what the steering of a programme says of each place: decisions that wait (days), late actions, changes of scope."""
    for name in ("decisions_outstanding_days_p80", "actions_overdue", "scope_changes_8w"):
        table[name][:] = 0.0
    for programme, day, waiting in asked.rows(_DECISIONS):
        table["decisions_outstanding_days_p80"][at[programme, day]] = waiting
    for programme, day, late in asked.rows(_ACTIONS):
        table["actions_overdue"][at[programme, day]] = late
    for programme, day, count in asked.rows(_SCOPE_CHANGES, approved=list(CHANGE_APPROVED)):
        table["scope_changes_8w"][at[programme, day]] = count
