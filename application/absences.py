"""Absence and delegation: who is away, and who acts through whose posting meanwhile.

An officer sets both for themself; for others a registrar does. Each is one command on the officer's stream.
`officer` is the staff number or the id; instants are aware. All raise NotAllowed, NotFound and Refused.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from application.changing import Asked, Changed, Office, change
from application.ids import new_id
from application.lookup import officer_named
from application.moment import Moment
from application.organisation import Organisation
from application.refusals import NotFound
from domain.facts import Envelope
from domain.officer import Officer

Json = dict[str, Any]
Do = Callable[[Officer, Envelope, Moment], None]


async def set_absence(
    office: Office,
    asked: Asked,
    officer: str,
    *,
    from_: datetime | None = None,
    until: datetime | None = None,
) -> Changed:
    """Away from then (None: now) until then (None: until back). New dossiers go to others; who covers the
    officer is said by a delegation."""

    def do(found: Officer, envelope: Envelope, moment: Moment) -> None:
        found.be_absent(envelope, from_=from_ or moment.now, until=until)

    return await _change(office, asked, "set-absence", officer, do)


async def end_absence(office: Office, asked: Asked, officer: str, *, at: datetime | None = None) -> Changed:
    """Back again, now unless said otherwise."""

    def do(found: Officer, envelope: Envelope, moment: Moment) -> None:
        found.come_back(envelope, at=at or moment.now)

    return await _change(office, asked, "set-absence", officer, do)


async def delegate(
    office: Office,
    asked: Asked,
    officer: str,
    *,
    posting: UUID,
    to: str,
    until: datetime,
    from_: datetime | None = None,
) -> Changed:
    """Let another officer act through one posting from then (None: now) until then; the posting's move by an
    act takes the delegation along."""

    moment = await office.reader.moment(fresh=True)
    to_officer = await officer_named(office.ledger, moment.organisation, to)

    def do(found: Officer, envelope: Envelope, moment: Moment) -> None:
        found.delegate(
            envelope,
            delegation_id=new_id(moment.now),
            posting_id=posting,
            to_officer=to_officer,
            from_=from_ or moment.now,
            until=until,
            now=moment.now,
        )

    return await _change(office, asked, "delegate", officer, do)


async def end_delegation(
    office: Office, asked: Asked, officer: str, *, delegation: UUID, at: datetime | None = None
) -> Changed:
    """End one delegation of the officer, now unless said otherwise."""

    def do(found: Officer, envelope: Envelope, moment: Moment) -> None:
        found.end_delegation(envelope, delegation_id=delegation, at=at or moment.now)

    return await _change(office, asked, "delegate", officer, do)


async def _change(office: Office, asked: Asked, grant: str, officer: str, do: Do) -> Changed:
    """By the officer themself, or by who has the grant."""
    moment = await office.reader.moment(fresh=True)
    found = await officer_named(office.ledger, moment.organisation, officer)
    own = asked.identity.kind == "officer" and asked.identity.uuid == found

    async def find(_: Moment) -> UUID:
        return found

    return await change(office, asked, f"{grant}-own" if own else grant, Officer, find, do)


def shown(organisation: Organisation, officer: UUID, t: datetime) -> Json:
    """Absent at `t`?, what the officer has delegated and not ended, and through whom else's postings the
    officer acts at `t`. NotFound."""
    known = organisation.officers.get(officer)
    if known is None:
        raise NotFound("unknown_officer", f"there is no officer {officer}: see GET /v1/officers")
    own = {posting.posting_id for posting, _ in organisation.posted(officer, t)}
    return {
        "absent": known.away.absent_at(t),
        "delegations": [
            {
                "delegation": d.delegation_id,
                "posting": d.posting_id,
                "to": d.to_officer,
                "from": d.from_,
                "until": d.until,
            }
            for d in known.away.delegations.values()
            if t < d.until
        ],
        "acts_for": [
            {"posting": p.posting_id, "agency": organisation.agencies[where].identifier}
            for p, where in organisation.acting(officer, t)
            if p.posting_id not in own
        ],
    }
