"""Where an officer's posting is after the acts that moved it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.holding import Steps
from domain.officer import Posting


def where_posted(posting: Posting, steps: Steps, t: datetime) -> UUID:
    """Where acts have moved the posting by `t`: as they say, else to the default heir. An amendment moves
    again what its own part had moved."""
    come = steps.until(t)
    agency = source = posting.agency
    part: UUID | None = None
    number = -1
    while (following := next((n for n in come.concerning(agency, part) if n > number), None)) is not None:
        number = following
        step = come[number]
        if step.rules.ends(agency):
            source, part = agency, step.part_id
        heir = step.rules.heirs.get(source)
        agency = source if heir is None else step.rules.posting_moves.get(posting.posting_id, heir)
    return agency
