"""What is on record although a rule was not kept: facts whose envelope names one of `domain.anomalies`, by
position, as a stream over the log.

No index knows the rules of an envelope, so the log is read through, a window of positions at a time. A page
says through which position it was read: that it holds nothing does not say that nothing follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from application.feed import OF_DOSSIERS, dossier_of, holder_name
from application.ledger import Ledger
from application.moment import Moment, OrganisationReader
from application.policy import Identity, allow
from application.refusals import BadRequest
from domain.anomalies import ANOMALIES
from domain.facts import Fact, Recorded

WINDOW = 20_000
"""Positions that one page reads through at most."""

Json = dict[str, Any]
RULES = {rule.id: rule for rule in ANOMALIES}


@dataclass(frozen=True, slots=True)
class Page:
    """`items` by position: position, recorded_at, fact (topic), dossier (id), code, agency (who held the
    dossier then) and the rules that were not kept, each with act and article. `through`: the last position
    that was read, after which the next page begins; `head`: the log's last."""

    items: tuple[Json, ...]
    through: int
    head: int

    @property
    def goes_on(self) -> bool:
        return self.through < self.head


async def page(
    ledger: Ledger,
    reader: OrganisationReader,
    identity: Identity,
    after: int,
    limit: int,
    known_at: int | datetime | None = None,
) -> Page:
    """Up to `limit` facts among the WINDOW positions after `after`; `known_at`: as if the log ended there.
    NotAllowed; BadRequest `cursor_ahead` when the cursor lies beyond this log, `not_recorded_yet`."""
    _, head = await ledger.recorder.clock()
    moment = await reader.moment(fresh=True)
    allow(identity, "read-anomalies", moment)
    if known_at is not None:
        head = await reader.position_known(known_at, moment)
    if after > head:
        raise BadRequest(
            "cursor_ahead",
            f"this ledger ends at position {head}: the cursor {after} belongs to another one",
        )
    through = min(after + WINDOW, head)
    stored = await ledger.recorder.events_naming(list(RULES), after, through, limit)
    if len(stored) == limit:
        through = stored[-1].position
    recorded = [ledger.codec.decode(row) for row in stored]
    marked = [r for r in recorded if RULES.keys() & set(r.fact.envelope.rules)]
    codes = await _codes(ledger, marked)
    return Page(tuple(_item(r, codes, moment) for r in marked), through, head)


async def up_to(
    ledger: Ledger,
    reader: OrganisationReader,
    identity: Identity,
    after: int,
    limit: int,
    progress: Callable[[int, int], None] = lambda read, head: None,
) -> Page:
    """The same through as many windows as it takes for `limit` facts or the log's end. `progress` gets the
    position read so far and the last one."""
    items: list[Json] = []
    while True:
        found = await page(ledger, reader, identity, after, limit - len(items))
        items += found.items
        progress(found.through, found.head)
        if len(items) >= limit or not found.goes_on:
            return Page(tuple(items), found.through, found.head)
        after = found.through


async def _codes(ledger: Ledger, recorded: list[Recorded[Fact]]) -> dict[UUID, str]:
    """The codes of the dossiers that these facts are about."""
    dossiers = {dossier_of(r.fact) for r in recorded if r.fact.CATEGORY in OF_DOSSIERS}
    if not dossiers:
        return {}
    rows = await ledger.recorder.first_of(sorted(dossiers))
    firsts = {row.stream_id: ledger.codec.decode(row).fact for row in rows}
    return {dossier: getattr(fact, "code") for dossier, fact in firsts.items()}  # noqa: B009 - every first fact of a dossier has it


def _item(recorded: Recorded[Fact], codes: dict[UUID, str], moment: Moment) -> Json:
    fact = recorded.fact
    dossier = dossier_of(fact) if fact.CATEGORY in OF_DOSSIERS else None
    named = [RULES[rule] for rule in fact.envelope.rules if rule in RULES]
    return {
        "position": recorded.position,
        "recorded_at": recorded.recorded_at,
        "fact": fact.TOPIC,
        "dossier": dossier,
        "code": codes.get(dossier) if dossier else None,
        "agency": holder_name(fact, moment),
        "rules": [{"rule": rule.id, "act": rule.act, "article": rule.article} for rule in named],
    }
