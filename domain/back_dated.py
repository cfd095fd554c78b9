"""When a fact counts as dated back: it was recorded long after it was done.

Offices write up in the evening what they did at the counter, and after a day without electricity what they
did the day before. A day is given for that; nothing official says how much. What an earlier system told is no
entry of an office's, so it is not judged by it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from domain.dossier_import_facts import DossierImported, DossierQuarantined, DossierStepImported
from domain.facts import Recorded

WRITING_UP: Final = timedelta(days=1)
IMPORTED: Final = (DossierImported, DossierStepImported, DossierQuarantined)


def back_dated_by(recorded: Recorded[Any]) -> timedelta | None:
    """How long after it was done the fact was recorded, where that is more than a day; else None."""
    late = recorded.recorded_at - recorded.fact.envelope.occurred_at
    return late if late > WRITING_UP and not isinstance(recorded.fact, IMPORTED) else None
