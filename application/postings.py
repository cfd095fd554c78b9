"""Where an officer's posting is after the acts that moved it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.holding import Step
from domain.officer import Posting


def where_posted(posting: Posting, steps: Sequence[Step], t: datetime) -> UUID:
    """Where acts have moved the posting by `t`: as they say, else to the default heir. An amendment moves
    again what its own part had moved."""
    agency = source = posting.agency
    part = None
    for step in steps:
        if step.hour > t:
            continue
        if step.rules.ends(agency):
            source, part = agency, step.part_id
        elif part != step.part_id:
            continue
        heir = step.rules.heirs.get(source)
        agency = source if heir is None else step.rules.posting_moves.get(posting.posting_id, heir)
    return agency
