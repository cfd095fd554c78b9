"""Whether a result was ready in time, against each of three dates that stay apart: the law's, the promised
one and the one of an extension (reference sections 3.4 and 4.3). Which one the official index uses after an
extension was not found, so none is chosen here.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from domain.dossier import Dossier


class OnTime(NamedTuple):
    """By each date; None where there is none. An apology changes none of them."""

    statutory: bool | None
    promised: bool | None
    extended: bool | None


def on_time(dossier: Dossier) -> OnTime | None:
    """None before the result is ready. One that was ready while the clock stood had time left."""
    ready = dossier.finished_at
    if ready is None:
        return None
    if dossier.clock_left is not None:
        return OnTime(True, True, None if dossier.clock_left.extended is None else True)
    dates = dossier.statutory_due, dossier.promised, dossier.extended_until
    return OnTime(*(_before(ready, due) for due in dates))


def _before(ready: datetime, due: datetime | None) -> bool | None:
    return None if due is None else ready < due
