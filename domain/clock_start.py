"""From what a dossier's limit runs, and from when: not from its submission (reference sections 3.1 and 3.3,
mistake 1).

What the procedure's version says comes first. Where it says nothing the limit runs from the acceptance as
complete; for what one agency receives and another decides, from its arrival there, since 5 August 2026.
"""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from domain.receipt_time import FROM_RECEIPT, LINKED_GROUP, StartRule
from domain.terms import ACCEPTANCE, ARRIVAL, ClockTerms

FROM_ARRIVAL: Final = StartRule(
    "from_arrival",
    "Decree 118/2025/NĐ-CP as amended by Decree 309/2026/NĐ-CP",
    "Art 17.3, second paragraph (309/2026 Art 8.3)",
    None,
    valid_from=date(2026, 8, 5),
)
"""Territory-independent receipt: the limit runs from when the competent agency receives the dossier."""


def start_of(terms: ClockTerms, *, elsewhere: bool, accepted: date) -> str:
    """From what the limit of a dossier runs that is accepted on a day. `elsewhere`: by an agency that does
    not decide it. There is no arrival where it is accepted by who decides."""
    if terms.start is None:
        return ARRIVAL if elsewhere and FROM_ARRIVAL.in_force(accepted) else ACCEPTANCE
    return ACCEPTANCE if terms.start == ARRIVAL and not elsewhere else terms.start


def awaited(terms: ClockTerms) -> str:
    """What a limit waits for that did not run from the acceptance."""
    return ARRIVAL if terms.start is None else terms.start


def hour_rule(linked_group: UUID | None) -> StartRule:
    """Whether the time of day moves the start: for linked groups alone."""
    return FROM_RECEIPT if linked_group is None else LINKED_GROUP
