"""Facts other apps may listen for. Sent after commit, with `tenant_id` and `programme_id`."""

from django.dispatch import Signal

decision_changed = Signal()
action_changed = Signal()
group_changed = Signal()
charter_changed = Signal()
review_changed = Signal()
move_changed = Signal()
escalation_changed = Signal()
change_request_changed = Signal()
meeting_changed = Signal()
