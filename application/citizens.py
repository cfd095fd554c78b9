"""Applicants: persons and organisations, identified once and found again by number without the number
standing anywhere in clear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from application.dossiers import Dossiers, load
from application.ids import new_id
from application.ledger import Command, Ledger
from application.moment import Moment, OrganisationReader, decide
from application.policy import Acting, Identity, allow
from application.refusals import NotAllowed, NotFound
from domain.citizen import Citizen
from domain.facts import Envelope, Personal, PersonalText, Sealed


class NumberIndex(Protocol):
    """Keyed hashes of citizens' numbers, in an erasable table: the one place that keeps two applicants from
    having one number. No claim in the log does, since a claim would outlive an erasure."""

    async def reserve(self, number: str, citizen: UUID) -> UUID:
        """Let the number find this citizen, durably; the citizen whom it finds already, where there is
        one."""
        ...


@dataclass(frozen=True, slots=True)
class Citizens:
    """What the functions below work with."""

    ledger: Ledger
    reader: OrganisationReader
    numbers: NumberIndex


@dataclass(frozen=True, slots=True)
class Identification:
    """Who applies. `number_kind`: personal_number (12 digits), enterprise_code (10 or 13) or none; nobody
    is required to have one."""

    kind: str
    name: str
    number_kind: str = "none"
    number: str | None = None
    phone: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class CitizenAnswer:
    id: UUID
    revision: int
    position: int
    repeated: bool = False


async def identify(
    office: Citizens, identity: Identity, who: Identification, command: Command | None = None
) -> CitizenAnswer:
    """Record a new applicant. A number that is known already gives the applicant known by it, whatever else
    was sent, and records that they were asked for."""
    if repeated := await office.ledger.repeated(command):
        stream_id, revision = repeated.versions[0]
        return CitizenAnswer(stream_id, revision, repeated.last, True)

    async def decision(moment: Moment) -> CitizenAnswer:
        acting = allow(identity, "identify-citizen", moment)
        citizen = identified(who, new_id(moment.now), acting, moment)
        if who.number:
            reserved = await office.numbers.reserve(who.number, citizen.id)
            if reserved != citizen.id:
                citizen = await office.ledger.load(Citizen, reserved)
                if citizen.version:
                    citizen.identify_again(_envelope(acting, moment))
                else:  # reserved by a command that never came to its end: this one ends it
                    citizen = identified(who, reserved, acting, moment)
        receipt = await office.ledger.append(citizen, command=command)
        stream_id, revision = receipt.versions[0]
        return CitizenAnswer(stream_id, revision, receipt.last, receipt.repeated)

    return await decide(office.reader, decision, versions_too=True)


def identified(who: Identification, citizen_id: UUID, acting: Acting, moment: Moment) -> Citizen:
    """A new applicant under this id, as judged; not recorded yet."""
    citizen = Citizen.empty(citizen_id)

    def own(text: str | None) -> Personal | None:
        return Personal(citizen_id, text) if text else None

    citizen.identify(
        _envelope(acting, moment),
        kind=who.kind,
        name=Personal(citizen_id, who.name),
        number_kind=who.number_kind,
        number=own(who.number),
        phone=own(who.phone),
        address=own(who.address),
    )
    return citizen


def _envelope(acting: Acting, moment: Moment) -> Envelope:
    return Envelope(
        actor=acting.actor, occurred_at=moment.now, posting_id=acting.posting_id, acting_agency=acting.agency
    )


async def read(
    office: Citizens, dossiers: Dossiers, identity: Identity, citizen_id: UUID, code: str | None = None
) -> dict[str, str | int | None]:
    """The applicant as known now, opened with their key; erased fields are None.

    An officer reads through a dossier in hand: `code` names one of which the citizen is owner or submitter
    and which lies, or lay, where the officer is posted. Raises NotFound, NotAllowed, Refused.
    """
    moment = await office.reader.moment(fresh=True)
    own = frozenset({citizen_id})
    if code is None:
        allow(identity, "read-citizen", moment, parties=own)
    else:
        known = await load(dossiers, code, moment)
        held = known.earlier_holders(moment)
        allow(identity, "read-citizen", moment, holder=known.answerable(moment), earlier=held, parties=own)
        if citizen_id not in known.parties:
            raise NotAllowed("not_a_party", f"the dossier {code} has another owner and another submitter")
    citizen = await office.ledger.load(Citizen, citizen_id)
    if citizen.version == 0:
        raise NotFound("unknown_citizen", f"there is no citizen {citizen_id}")
    await office.ledger.keyring.load([citizen_id])

    def opened(text: PersonalText | None) -> str | None:
        if isinstance(text, Sealed):
            return office.ledger.keyring.open(text)
        return text.text if text else None

    return {
        "id": str(citizen_id),
        "kind": citizen.kind,
        "name": opened(citizen.name),
        "number_kind": citizen.number_kind,
        "number": opened(citizen.number),
        "phone": opened(citizen.phone),
        "address": opened(citizen.address),
        "revision": citizen.version,
    }
