"""What happens here and others act on.

`invitation_written` is sent inside the transaction that writes the invitation, with `invitation` (its number),
`origin` (the address of the portal, `https://portal.example`) and `acting`; so whoever sends the mail asks
for it in the same transaction, and no invitation stays without one. They may refuse it by a `ValidationError`.
"""

from django.dispatch import Signal

invitation_written = Signal()
