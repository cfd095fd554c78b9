"""What a comparison found of one dossier, as facts in its own stream: one for each 500 differences, each once
for what it says, whatever file says it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

from application.dossiers import Dossiers, envelope_of, load_by_id
from application.imported_record import ImportedRecord
from application.imported_text import CLEAR_LENGTH
from application.moment import Moment, decide
from application.policy import Identity, allow
from application.ports import ClaimTaken
from domain.dossier import Dossier
from domain.dossier_importing import MOST_DIFFERENCES
from domain.imported_case import ImportedCase
from domain.later_export import Difference

CLAIM = "export_finding"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """One dossier of which a later export contradicts what was imported. `export`: SHA-256 of the file, hex;
    `contradictions`: as the fact has them."""

    source: str
    export: str
    case: ImportedCase
    stream: UUID
    record: ImportedRecord
    found: Difference
    contradictions: Sequence[Json]


def contradictions(case: ImportedCase, record: ImportedRecord, found: Difference) -> list[Json]:
    """As the fact has them, in the order of the two exports."""
    steps = record.steps
    ours = [
        (pair.earlier, {"kind": "moved"} | named("", case.steps[pair.later].as_written))
        for pair in found.moved
    ]
    ours += [(place, {"kind": "gone"} | named("", None)) for place in found.gone]
    lines: list[Json] = [
        line | {"step": steps[place].step, "activity": steps[place].activity[:CLEAR_LENGTH]}
        for place, line in sorted(ours, key=lambda each: each[0])
    ]
    return lines + [
        {"kind": "back_dated", "step": None} | named(case.steps[place].activity, case.steps[place].as_written)
        for place in found.back_dated  # by activity and time: not by the file's order
    ]


def named(activity: str, as_written: str | None) -> Json:
    return {"activity": activity[:CLEAR_LENGTH], "as_written": as_written}


async def record(office: Dossiers, identity: Identity, compared: Compared) -> tuple[int, int]:
    """How many facts were recorded, and how many were there already."""
    said = json.dumps(compared.contradictions, sort_keys=True)
    digest = sha256(said.encode()).hexdigest()
    recorded = known = 0
    for start in range(0, len(compared.contradictions), MOST_DIFFERENCES):
        claimed = f"{compared.source}\0{compared.case.case_id}\0{digest}\0{start}"
        if await office.ledger.find(CLAIM, claimed) is not None:
            known += 1
            continue
        try:
            await decide(
                office.reader,
                partial(_append, office, identity, compared, start, claimed),
                versions_too=True,
            )
            recorded += 1
        except ClaimTaken:  # another run was faster
            known += 1
    return recorded, known


async def _append(
    office: Dossiers, identity: Identity, compared: Compared, start: int, claimed: str, moment: Moment
) -> None:
    acting = allow(identity, "compare", moment)
    if compared.record.begun is not None:
        known = await load_by_id(office, compared.stream, moment)
        dossier, holder, read = known.dossier, known.held.agency, known.streams
    else:  # quarantined: nobody moves it
        dossier = await office.ledger.load(Dossier, compared.stream)
        holder, read = _first_holder(compared.record), ()
    dossier.compare_export(
        envelope_of(acting, moment, moment.now, holder),
        export=compared.export,
        identical=compared.found.identical,
        added=len(compared.found.added),
        differences=tuple(compared.contradictions[start : start + MOST_DIFFERENCES]),
    )
    await office.ledger.append(
        dossier,
        claims=[office.ledger.claim(CLAIM, claimed, compared.stream)],
        recorded_before=moment.next_hour,
        nothing_newer=moment.nothing_newer(read),
    )


def _first_holder(record: ImportedRecord) -> UUID:
    holder = record.facts[0].fact.envelope.holder
    assert holder is not None, "the first fact of a dossier names its holder"
    return holder
