"""Mandates, merges and filings as the rules have them, and such that nobody judged."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from application.changing import Asked
from application.filing import Submission, filed_dossier, submit
from application.mandating import Given, give
from application.merging import merge, separate
from domain.facts import Actor, Envelope
from domain.local_time import local_date
from tests.office.asked_papers import DESK, PLACES
from tests.office.registrars import by_registrar
from tests.office.world import Office


async def today(office: Office) -> date:
    return local_date((await office.reader.moment(fresh=True)).now)


def by_desk(office: Office) -> Asked:
    return Asked(office.officer(DESK), office.command())


async def gave(office: Office, owner: UUID, to: UUID, **days: Any) -> UUID:
    mandate, _ = await give(office.dossiers, by_desk(office), owner, Given(to, "authorised", **days))
    return mandate


async def merged(office: Office, one: UUID, into: UUID) -> None:
    await merge(office.citizens, await by_registrar(office), one, into=into, ground="registered_twice")


async def separated(office: Office, one: UUID) -> None:
    await separate(office.citizens, await by_registrar(office), one)


async def submission(office: Office, owner: UUID, submitter: UUID, mandate: UUID | None) -> Submission:
    return Submission(
        procedure="1.000001",
        channel="counter",
        owner=owner,
        submitter=submitter,
        place=PLACES[DESK],
        receiving_agency=await office.agency(DESK),
        mandate=mandate,
    )


async def filed_unjudged(office: Office, owner: UUID, submitter: UUID, mandate: UUID) -> str:
    """A dossier whose mandate nobody judged."""
    said = await submission(office, owner, submitter, mandate)
    moment = await office.reader.moment(fresh=True)
    code = f"{DESK}-250601-{uuid4().int % 10_000:04}"
    dossier = filed_dossier(office.officer(DESK), said, moment, code)
    claim = office.opened.ledger.claim("dossier_code", code, dossier.id)
    await office.opened.ledger.append(dossier, claims=[claim])
    return code


async def filed_under(office: Office, owner: UUID, submitter: UUID, mandate: UUID) -> str:
    said = await submission(office, owner, submitter, mandate)
    return (await submit(office.dossiers, office.officer(DESK), said, office.command())).code


async def intruder(office: Office) -> Envelope:
    return Envelope(Actor("system", "intruder"), (await office.reader.moment(fresh=True)).now)


async def found(office: Office, kind: str) -> list[str]:
    """What the audit says, all of it of one kind."""
    findings = (await office.audited()).findings
    assert {finding["kind"] for finding in findings} <= {kind}, findings
    return [finding["says"] for finding in findings]


# mandates
