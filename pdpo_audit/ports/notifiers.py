"""What tells people by a way of its own (a ticket, a pager) that a review is due, beside mail, webhook and channels.

Other packages bring one by the entry point ``pdpo_audit.notifiers``; ``[notices] notifiers`` names those to use.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

#: ``name = "module:function"`` is registered here; the function takes nothing and returns the notifier.
ENTRY_POINTS = "pdpo_audit.notifiers"


class Notifier(Protocol):
    """Hands a notice over."""

    def notify(self, *, subject: str, text: str, document: Mapping[str, object], identity: str) -> None:
        """Hand over what a mail would say, and the same as values: counts, dates, a link, the newest record's digest.

        ``identity`` is that of the notice: the same again where nobody can know whether it was taken. Whatever is
        raised counts as not taken, and the notice comes again later. A call should take half a minute at most.
        """
        ...
