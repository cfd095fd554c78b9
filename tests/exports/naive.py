"""What an export has to hold, counted from the stored bytes without any of the exporter's code: an event is
about every object whose id stands anywhere in it, in clear, and about the stream that it is of."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.audit.attested import Attested

OBJECTS = {
    2: "unit", 3: "agency", 4: "officer", 5: "procedure", 7: "handover", 8: "handover_part", 100: "dossier",
    101: "citizen", 105: "obstacle", 107: "certificate", 108: "voice", 111: "linked_group",
}  # fmt: skip
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SEALED = {"subject", "nonce", "ciphertext"}


@dataclass
class Naive:
    """`pairs`: of position and object; `links`: of two objects with what joins them."""

    types: dict[str, str] = field(default_factory=dict)
    pairs: set[tuple[int, str]] = field(default_factory=set)
    links: set[tuple[str, str, str]] = field(default_factory=set)
    events: Counter[str] = field(default_factory=Counter)

    def objects(self) -> dict[str, int]:
        known = {one for _, one in self.pairs}
        return dict(Counter(self.types[one] for one in known))


async def counted(attested: Attested, first: int = 1, last: int | None = None) -> Naive:
    """Read everything, count what lies between two positions."""
    rows = await attested.recorder.events_after(0, 100_000)
    last = last or rows[-1].position
    ledger = str(attested.ledger_id)
    found = Naive({ledger: "ledger"})
    procedures: dict[str, str] = {}
    for row in rows:
        if row.category in OBJECTS:
            found.types[str(row.stream_id)] = OBJECTS[row.category]
    for row in rows:
        state = json.loads(row.payload)
        state["data"].pop("counts", None)  # what a simulation found, in a form that is no fact's field
        if row.topic.startswith("procedure.version"):
            procedures[state["data"]["code"]] = str(row.stream_id)
        ids = {one for text in texts(state) for one in ID.findall(text) if one in found.types}
        ids |= {str(row.stream_id)} & found.types.keys()
        ids |= {procedures[code] for code in [state["data"].get("procedure_code")] if code in procedures}
        ids = ids - {ledger} or {ledger}
        if row.position in (first, last):
            ids.add(ledger)
        if first <= row.position <= last:
            found.events[row.topic] += 1
            found.pairs |= {(row.position, one) for one in ids}
        if row.position <= last:
            found.links |= set(links(str(row.stream_id), row.topic, state["data"], procedures))
    return found


def texts(value: Any) -> list[str]:
    """Every text of a stored event that is not sealed, nor belongs to what is."""
    if isinstance(value, str):
        return [value]
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict) and value.keys() >= SEALED - {"ciphertext"}:
        return []
    return [text for member in members for text in texts(member)]


FIRST = (
    ("receiving_agency", "received at"), ("competent_agency", "decided by"), ("owner", "owner"),
    ("returning_agency", "returned at"), ("helping_agency", "helped at"), ("procedure", "of procedure"),
    ("submitter", "submitter"), ("place", "in place"), ("linked_group", "in linked group"),
)  # fmt: skip
LINKS = {
    "agency.founded.v1": (("unit", "in unit"), ("parent", "below")),
    "unit.established.v1": (("parent", "within"),),
    "officer.posted.v1": (("agency", "posted at"),),
    "handover.part_drafted.v2": (("act", "part of"), ("province", "in province")),
    "dossier.submitted.v3": FIRST,
    "dossier.imported.v1": FIRST,
}


def links(stream: str, topic: str, data: dict[str, Any], procedures: dict[str, str]) -> Any:
    for name, says in LINKS.get(topic, ()):
        if data.get(name):
            yield stream, data[name], says
    if topic == "dossier.imported.v1" and data["procedure_code"] in procedures:
        yield stream, procedures[data["procedure_code"]], "of procedure"
    if topic == "handover.agencies_listed.v2":  # the one act of this ledger is in force
        for closing in data["ends"]:
            yield closing["agency"], closing["heir"], "succeeded by"
