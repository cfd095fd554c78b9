"""Which keys agencies sign with: named one by one, or in bulk for a demonstration, and withdrawn.

Only public keys come here. A key names one agency for ever; in bulk each agency is an item of its own, so
that a load that was cut short is finished by running it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from application.changing import Asked, Changed, Find, Office, change
from application.handovers import envelope_of
from application.moment import Moment
from application.policy import Identity, allow
from application.ports import ClaimTaken, Receipt
from application.registry import Loaded
from domain import organisation_rules as rules
from domain.agency import Agency
from domain.agency_keys import key_id_of
from domain.facts import Envelope
from domain.refusals import Refused

CHUNK = 1000
Told = Callable[[int, int], None]


def without_key(moment: Moment, identifiers: Iterable[str] | None = None) -> list[UUID]:
    """Agencies with no key that is good now: of these identifiers, or all that are there or will be by a
    scheduled act, ended ones too (they still sign what they handed over). NotFound."""
    organisation = moment.organisation
    if identifiers is None:
        found = [a for a in organisation.agencies.values() if organisation.agency_counts(a)]
    else:
        found = [organisation.agency_by_identifier(identifier) for identifier in identifiers]
    return [a.id for a in found if not any(key.good_at(moment.now) for key in a.keys.values())]


async def name_keys(
    office: Office,
    identity: Identity,
    public_keys: Mapping[UUID, str],
    told: Told = lambda done, total: None,
) -> Loaded:
    """Name a key of each of these agencies (id to public key, base64), from now on. What was named already
    counts as known. Raises NotAllowed, Refused (key.form)."""
    moment = await office.reader.moment(fresh=True)
    envelope = envelope_of(allow(identity, "name-key", moment), moment)
    recorded = known = 0
    left = iter(public_keys.items())
    while chunk := list(islice(left, CHUNK)):
        outcomes = await _name_chunk(office, envelope, chunk, moment.now)
        for outcome in outcomes:
            recorded += outcome
            known += not outcome
        told(recorded + known, len(public_keys))
    await office.reader.moment(fresh=True)
    return Loaded(recorded, known)


async def _name_chunk(
    office: Office, envelope: Envelope, chunk: Sequence[tuple[UUID, str]], now: datetime
) -> list[bool]:
    """For each whether its key was recorded now."""
    ledger = office.ledger
    agencies = {agency: Agency.empty(agency) for agency, _ in chunk}
    for recorded in await ledger.facts_of(list(agencies)):
        agencies[recorded.fact.originator_id].replay(recorded.fact)
    items = []
    for agency_id, public_key in chunk:
        agency = agencies[agency_id]
        if key_id_of(public_key) in agency.keys:
            continue
        agency.name_key(envelope, public_key=public_key, from_=now)
        claim = ledger.claim("agency_key", key_id_of(public_key), agency_id)
        items.append(await ledger.item(agency, claims=[claim]))
    done = []
    for outcome in await ledger.recorder.append_many(items):
        if not isinstance(outcome, Receipt | ClaimTaken):
            raise outcome
        done.append(isinstance(outcome, Receipt))
    return done + [False] * (len(chunk) - len(items))


async def name_key(office: Office, asked: Asked, identifier: str, *, public_key: str) -> Changed:
    """Name one key that the agency made itself. Raises also Refused (key.once) where another has it."""
    moment = await office.reader.moment(fresh=True)
    allow(asked.identity, "name-key", moment)
    agency_id = moment.organisation.agency_by_identifier(identifier).id
    claimed = await office.ledger.find("agency_key", key_id_of(public_key))
    if claimed not in (None, agency_id):
        raise Refused(rules.KEY_ONCE, identifier=identifier, key_id=key_id_of(public_key))

    def do(agency: Agency, envelope: Envelope, moment: Moment) -> None:
        agency.name_key(envelope, public_key=public_key, from_=moment.now)

    claims = [("agency_key", key_id_of(public_key))]
    return await change(office, asked, "name-key", Agency, _agency(identifier), do, claims=claims)


async def withdraw_key(
    office: Office, asked: Asked, identifier: str, *, key_id: str, at: datetime | None = None
) -> Changed:
    """What is signed with the key from then on (None: now) counts for nothing; what was signed before
    stays."""

    def do(agency: Agency, envelope: Envelope, moment: Moment) -> None:
        agency.withdraw_key(envelope, key_id=key_id, at=at or moment.now)

    return await change(office, asked, "withdraw-key", Agency, _agency(identifier), do)


def _agency(identifier: str) -> Find:
    async def find(moment: Moment) -> UUID:
        return moment.organisation.agency_by_identifier(identifier).id

    return find
