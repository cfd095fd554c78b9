"""Erasing somebody as an office does it, by two registrars; and so that nobody judged it, for tests of what
an erasure leaves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from application import erasing, holding_back, retaining
from application.changing import Asked
from application.citizens import envelope_of
from application.erasing_finish import finish
from application.ids import new_id
from application.persons import person
from application.policy import Acting
from domain.erasure import Erasure
from domain.facts import Actor
from tests.office.province import PROVINCE
from tests.office.world import Office

DECISION = "12/QĐ-UBND"
PEOPLE = {"first": "Lê Thị Sổ", "second": "Bùi Văn Sách"}


async def by(office: Office, which: str = "first") -> Asked:
    """A command of one of two registrars."""
    number = f"{which} registrar"
    if number not in office.officers:
        posting = {"agency": PROVINCE, "roles": ["registrar"]}
        entry = {"number": number, "name": PEOPLE[which], "postings": [posting]}
        office.officers[number] = await office.appointed(entry)
    return Asked(office.officers[number], office.command())


async def requested(
    office: Office, subject: UUID, ground: str = "person_asked", kind: str = "citizen"
) -> UUID:
    done = await erasing.request(
        office.erasing, await by(office), kind, subject, ground=ground, decision=DECISION
    )
    return done.erasure


async def erased(
    office: Office, subject: UUID, ground: str = "person_asked", kind: str = "citizen"
) -> erasing.Erased:
    """Requested by the first registrar, carried out by the second."""
    id = await requested(office, subject, ground, kind)
    return await erasing.carry_out(office.erasing, await by(office, "second"), id)


async def kept_for(office: Office, procedure: str | None, months: int | None, **said: Any) -> None:
    """A period, set by the first registrar. `months` None: for ever."""
    entry = {
        "procedure": procedure,
        "amount": months,
        "unit": "month" if months else None,
        "valid_from": None,
        "source": "Thông tư 1/2025",
    }
    await retaining.load_periods(office.erasing, await by(office), [entry | said])


async def held(office: Office, id: UUID, kind: str = "citizen") -> UUID:
    done = await holding_back.place(
        office.erasing, await by(office), kind=kind, held=id, ground="court", decision="5/TA"
    )
    return done.id


async def erased_unjudged(
    office: Office, *citizens: UUID, by_one: bool = False, finished: bool = True, leaving_out: int = 0
) -> UUID:
    """An erasure that nobody judged. `by_one`: the same officer did both; `leaving_out`: how many records are
    not told in their own streams."""
    moment = await office.reader.moment(fresh=True)

    def envelope(name: str) -> Any:
        return envelope_of(Acting(Actor("officer", name)), moment)

    erasure = Erasure.empty(new_id(moment.now))
    records = [(await person(office.opened.ledger, one)).records[one] for one in citizens]
    for record in records[leaving_out:]:
        record.begin_erasure(envelope("a"), erasure.id)
        record.end_erasure(envelope("b"), erasure.id, carried_out=True)
    erasure.request(
        envelope("a"),
        kind="citizen",
        subject=citizens[0],
        citizens=citizens,
        ground="authority_order",
        decision=DECISION,
        run=erasure.id if by_one else None,
    )
    erasure.carry_out(envelope("a" if by_one else "b"), subjects=citizens, beside=(), files=0)
    await office.opened.ledger.append(erasure, *records[leaving_out:])
    if finished:
        await finish(office.erasing)
    return erasure.id


async def destroyed_on_record(office: Office, *subjects: UUID) -> None:
    """Keys of who is no citizen, destroyed by an erasure that nobody judged."""
    moment = await office.reader.moment(fresh=True)
    erasure = Erasure.empty(new_id(moment.now))
    for name in ("a", "b"):
        envelope = envelope_of(Acting(Actor("officer", name)), moment)
        if name == "b":
            erasure.carry_out(envelope, subjects=subjects, beside=(), files=0)
            continue
        erasure.request(
            envelope,
            kind="dossier",
            subject=subjects[0],
            citizens=(),
            ground="authority_order",
            decision=DECISION,
        )
    await office.opened.ledger.append(erasure)
    await finish(office.erasing)
