"""Applicants: persons and organisations, identified once and found again by number without the number
standing anywhere in clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from application.dossiers import Dossiers, load
from application.ids import new_id
from application.ledger import Command, Ledger
from application.moment import Moment, OrganisationReader, decide
from application.persons import person
from application.policy import Acting, Identity, allow
from application.ports import Receipt
from application.refusals import NotAllowed, NotFound
from application.search_terms import same_name, terms_of
from application.then import KnownAt, pair_then, person_then
from domain.citizen import HOUSEHOLD, Citizen
from domain.facts import Envelope, Personal, PersonalText, Sealed
from domain.numbers import check_digit


class NumberIndex(Protocol):
    """Keyed hashes of citizens' numbers, in an erasable table: the one place that keeps two applicants from
    having one number. No claim in the log does, since a claim would outlive an erasure. Names and phones,
    which several may share, beside them."""

    async def reserve(self, number: str, citizen: UUID) -> UUID:
        """Let the number find this citizen, durably; the citizen whom it finds already, where there is
        one."""
        ...

    async def add_terms(self, terms: Sequence[tuple[UUID, str, str]]) -> None:
        """Let citizens be found by these kinds and texts (`application.search_terms`)."""
        ...

    async def replace_terms(self, citizen: UUID, terms: Sequence[tuple[str, str]]) -> None:
        """Let a citizen be found by these and by nothing else."""
        ...

    async def find_terms(self, wanted: Sequence[Sequence[tuple[str, str]]], limit: int) -> list[UUID]:
        """Who has one of the terms of each list."""
        ...


@dataclass(frozen=True, slots=True)
class Citizens:
    """What the functions below work with."""

    ledger: Ledger
    reader: OrganisationReader
    numbers: NumberIndex


@dataclass(frozen=True, slots=True)
class Identification:
    """Who applies. `kind`: person, organisation or household_business; `number_kind`: personal_number (12
    digits), enterprise_code (10 or 13) or none; nobody is required to have one. Since 1 July 2025 a household
    business has its owner's personal number for a tax code."""

    kind: str
    name: str
    number_kind: str = "none"
    number: str | None = None
    phone: str | None = None
    address: str | None = None

    @property
    def found_by(self) -> str | None:
        """What the number is known by: a household business and its owner have one number and are two."""
        return f"{HOUSEHOLD}:{self.number}" if self.number and self.kind == HOUSEHOLD else self.number

    def terms(self, citizen: UUID) -> list[tuple[UUID, str, str]]:
        """What they are searched by."""
        return [(citizen, kind, text) for kind, text in terms_of(self.name, self.number, self.phone)]


@dataclass(frozen=True, slots=True)
class CitizenAnswer:
    """`known`: the number was known already; `name_differs`: the name that was given is none that is recorded
    for them, as when a number was mistyped."""

    id: UUID
    revision: int
    position: int
    known: bool
    name_differs: bool
    repeated: bool = False


async def identify(
    office: Citizens, identity: Identity, who: Identification, command: Command | None = None
) -> CitizenAnswer:
    """Record a new applicant. A number that is known already gives the applicant known by it, whatever else
    was sent, and records that they were asked for; where that one was merged into another, the other. Raises
    NotAllowed, Refused: also where the number is known as that of another kind."""
    if repeated := await office.ledger.repeated(command):
        return await _answer(office, who, repeated, True)

    async def decision(moment: Moment) -> CitizenAnswer:
        acting = allow(identity, "identify-citizen", moment)
        citizen, read = identified(who, new_id(moment.now), acting, moment), tuple[UUID, ...]()
        if who.found_by:
            reserved = await office.numbers.reserve(who.found_by, citizen.id)
            if reserved != citizen.id:
                known = await person(office.ledger, reserved)
                citizen, read = known.records[known.survivor], known.ids
                if citizen.version:
                    citizen.identify_again(envelope_of(acting, moment), who.number_kind, who.kind)
                else:  # reserved by a command that never came to its end: this one ends it
                    citizen = identified(who, reserved, acting, moment)
        new = citizen.version == 1
        # Read along a chain: a link that is made or undone meanwhile is a miss, and this is decided again.
        receipt = await office.ledger.append(
            citizen, command=command, nothing_newer=moment.nothing_newer(read) if read else None
        )
        if new:
            await office.numbers.add_terms(who.terms(citizen.id))
        return await _answer(office, who, receipt, receipt.repeated)

    return await decide(office.reader, decision, versions_too=True)


async def _answer(office: Citizens, who: Identification, receipt: Receipt, repeated: bool) -> CitizenAnswer:
    """The same each time that a command is repeated: names stay as they were recorded."""
    stream_id, revision = receipt.versions[0]
    known = revision > 1
    differs = known and await _other_name(office, who.name, stream_id)
    return CitizenAnswer(stream_id, revision, receipt.last, known, differs, repeated)


async def _other_name(office: Citizens, name: str, citizen: UUID) -> bool:
    """Whether no record of this person has this name, compared as a search compares it; one that was erased
    says nothing."""
    records = (await person(office.ledger, citizen)).records
    await office.ledger.keyring.load(sorted(records))
    names = [_opened(office.ledger, record.name) for record in records.values()]
    recorded = [known for known in names if known]
    return bool(recorded) and not any(same_name(name, known) for known in recorded)


def enterprise_code(nine: str) -> str | None:
    """The code that begins with these nine digits, for made-up data; None: no code begins so."""
    tenth = check_digit(nine)
    return None if tenth is None else f"{nine}{tenth}"


def identified(who: Identification, citizen_id: UUID, acting: Acting, moment: Moment) -> Citizen:
    """A new applicant under this id, as judged; not recorded yet."""
    citizen = Citizen.empty(citizen_id)

    def own(text: str | None) -> Personal | None:
        return Personal(citizen_id, text) if text else None

    citizen.identify(
        envelope_of(acting, moment),
        kind=who.kind,
        name=Personal(citizen_id, who.name),
        number_kind=who.number_kind,
        number=own(who.number),
        phone=own(who.phone),
        address=own(who.address),
    )
    return citizen


def envelope_of(acting: Acting, moment: Moment) -> Envelope:
    """Of a fact about a citizen, as of now."""
    return Envelope(
        actor=acting.actor, occurred_at=moment.now, posting_id=acting.posting_id, acting_agency=acting.agency
    )


async def read(
    office: Citizens,
    dossiers: Dossiers,
    identity: Identity,
    citizen_id: UUID,
    code: str | None = None,
    *,
    valid_at: datetime | None = None,
    known_at: KnownAt = None,
) -> dict[str, Any]:
    """The applicant as known now, or as valid and known then (who may read it is judged now), opened with
    their key; erased fields are None. `merged_into`: the record that this one was merged into; `same_as`:
    every other that stands for the same person, of whom `survivor` goes on. `known_at`: the position that was
    asked for.

    An officer reads through a dossier in hand: `code` names one of which the citizen is owner or submitter
    and which lies, or lay, where the officer is posted. Raises NotFound, NotAllowed, Refused.
    """
    moment = await office.reader.moment(fresh=True)
    known = await person(office.ledger, citizen_id)
    own = frozenset(known.ids)
    if code is None:
        allow(identity, "read-citizen", moment, parties=own)
    else:
        named = await load(dossiers, code, moment)
        held = named.earlier_holders(moment)
        allow(identity, "read-citizen", moment, holder=named.answerable(moment), earlier=held, parties=own)
        if not own & named.parties:
            raise NotAllowed("not_a_party", f"the dossier {code} has another owner and another submitter")
    position = None
    if valid_at is not None or known_at is not None:
        t, position = await pair_then(office.reader, valid_at, known_at)
        known = await person_then(office.ledger, citizen_id, t, position)
    citizen = known.records[citizen_id]
    if citizen.version == 0:
        raise NotFound("unknown_citizen", f"there is no citizen {citizen_id}")
    await office.ledger.keyring.load([citizen_id])

    def opened(text: PersonalText | None) -> str | None:
        return _opened(office.ledger, text)

    return {
        "id": str(citizen_id),
        "kind": citizen.kind,
        "name": opened(citizen.name),
        "number_kind": citizen.number_kind,
        "number": opened(citizen.number),
        "phone": opened(citizen.phone),
        "address": opened(citizen.address),
        "verified_level": citizen.verified_level,
        "merged_into": citizen.merged_into,
        "same_as": [id_ for id_ in known.ids if id_ != citizen_id],
        "survivor": known.survivor,
        "revision": citizen.version,
        "known_at": position,
    }


def _opened(ledger: Ledger, text: PersonalText | None) -> str | None:
    if isinstance(text, Sealed):
        return ledger.keyring.open(text)
    return text.text if text else None


async def owned_by(office: Citizens, identity: Identity, citizen_id: UUID) -> tuple[Moment, tuple[UUID, ...]]:
    """Under which ids this person owns dossiers, for a list of them. Raises NotFound, NotAllowed."""
    moment = await office.reader.moment(fresh=True)
    known = await person(office.ledger, citizen_id)
    allow(identity, "list-own-dossiers", moment, parties=frozenset(known.ids))
    if known.records[citizen_id].version == 0:
        raise NotFound("unknown_citizen", f"there is no citizen {citizen_id}")
    return moment, known.ids
