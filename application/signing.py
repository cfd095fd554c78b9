"""Signing a certificate: for a dissolved agency the officer whom the act names to close its books, for any
other who decides or operates there. Each signature is verified before it is recorded.

One at a time over HTTP (the agency keeps its key), or in bulk where keys lie on this machine (demonstration).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from application.certificate_check import Verify
from application.certificates import Version, load, versions
from application.handovers import Handovers, envelope_of
from application.ledger import Command
from application.moment import Moment, decide
from application.policy import Acting, Identity, agency_then, allow
from application.ports import Receipt
from application.refusals import NotAllowed, NotFound
from domain import certificate_rules as rules
from domain.agency_keys import PUBLIC_KEY_BYTES, AgencyKey, decoded
from domain.certificate import SIGNATURE_BYTES, Certificate, instant_text, signed_bytes
from domain.dossier_filing import judge_signed_then
from domain.facts import Actor
from domain.holding import Step
from domain.refusals import Refused

AT_ONCE = 500
Sign = Callable[[UUID, str, bytes], str]
"""Agency, key id, message: the signature, base64."""


@dataclass(frozen=True, slots=True)
class Signature:
    """As it comes in. `signed_at`: aware; part of what was signed."""

    agency: UUID
    side: str
    key_id: str
    signature: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Signed:
    """How many signatures were recorded, up to which position; who still must sign; who could not here: the
    agencies without a key on this machine, and those that are not for this identity to sign for."""

    signed: int
    position: int
    missing: int
    without_key: int = 0
    not_for_you: int = 0
    repeated: bool = False


async def sign(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    given: Signature,
    verify: Verify,
    command: Command | None = None,
    *,
    part_version: int | None = None,
) -> Signed:
    """Record one agency's signature, on the certificate of one version. None: of those that wait for it, the
    one whose document it covers. Raises NotAllowed, NotFound and Refused (certificate.*,
    sign.agency_then)."""
    if repeated := await office.ledger.repeated(command):
        return await _signed_before(office, repeated)

    async def decision(moment: Moment) -> Signed:
        agency = _known(moment, given.agency)
        known = await versions(office, moment, part_id, part_version)
        step, certificate = _meant(moment, known, given, verify)
        acting = allow(identity, _grant(step, agency, given.side), moment, agency=agency)
        await _judge_time(office, moment, certificate, given.signed_at)
        _judge_then(moment, acting, given)
        _sign(moment, certificate, acting, given, verify)
        receipt = await office.ledger.append(
            certificate,
            command=command,
            recorded_before=moment.next_hour,
            nothing_newer=moment.nothing_newer(),
        )
        if receipt.repeated:
            return await _signed_before(office, receipt)
        return Signed(1, receipt.last, len(certificate.missing()))

    return await decide(office.reader, decision, versions_too=True)


async def _signed_before(office: Handovers, repeated: Receipt) -> Signed:
    """The first answer: who was missing then, whoever has signed since."""
    certificate = Certificate.empty(repeated.versions[0][0])
    for recorded in await office.ledger.facts_of([certificate.id]):
        if recorded.position <= repeated.last:
            certificate.replay(recorded.fact)
    return Signed(1, repeated.last, len(certificate.missing()), repeated=True)


async def sign_all(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    keys: Iterable[tuple[UUID, str]],
    key_sign: Sign,
    verify: Verify,
    *,
    demonstration: bool = False,
    agency: UUID | None = None,
    part_version: int | None = None,
) -> Signed:
    """Sign for everyone (or one `agency`) who must still sign, whose key is among `keys` (agency and key id)
    and for whom this identity may; on the version named, None: on every one that is issued.
    `demonstration`: a system identity may sign for all."""
    here: dict[UUID, list[str]] = {}
    for owner, key_id in keys:
        here.setdefault(owner, []).append(key_id)

    async def decision(moment: Moment, step: Step) -> Signed:
        certificate = await load(office, step)
        await _judge_time(office, moment, certificate, moment.now)
        without_key = refused = signed = 0
        for owner, side in certificate.missing():
            if agency not in (None, owner):
                continue
            acting = _may(identity, moment, step, owner, side, demonstration)
            key = _usable(moment, owner, here)
            without_key += key is None
            refused += key is not None and acting is None
            if key is None or acting is None or signed == AT_ONCE:
                continue
            assert certificate.issued is not None, "missing() asked it"
            digest = certificate.issued.digest
            message = signed_bytes(digest, str(owner), side, instant_text(moment.now))
            given = Signature(owner, side, key.key_id, key_sign(owner, key.key_id, message), moment.now)
            _sign(moment, certificate, acting, given, verify)
            signed += 1
        position = moment.read_up_to
        if signed:
            receipt = await office.ledger.append(
                certificate, recorded_before=moment.next_hour, nothing_newer=moment.nothing_newer()
            )
            position = receipt.last
        return Signed(signed, position, len(certificate.missing()), without_key, refused)

    known = await versions(office, await office.reader.moment(fresh=True), part_id, part_version)
    issued = [step for step, certificate in known if certificate.issued is not None]
    every = [await _in_turns(office, decision, step) for step in issued or [known[0][0]]]
    return Signed(
        sum(one.signed for one in every),
        max(one.position for one in every),
        sum(one.missing for one in every),
        sum(one.without_key for one in every),
        sum(one.not_for_you for one in every),
    )


async def _in_turns(
    office: Handovers, decision: Callable[[Moment, Step], Awaitable[Signed]], step: Step
) -> Signed:
    """Some hundred signatures in each append, until all are there."""
    total = 0
    while True:
        done = await decide(office.reader, lambda moment: decision(moment, step), versions_too=True)
        total += done.signed
        if done.signed < AT_ONCE:
            return replace(done, signed=total)


def _meant(moment: Moment, known: Sequence[Version], given: Signature, verify: Verify) -> Version:
    """Of the certificates that wait for this agency the one that the signature covers, or else the oldest;
    where none waits, the newest that is issued."""
    issued = [one for one in known if one[1].issued is not None]
    waiting = [one for one in issued if (given.agency, given.side) in one[1].missing()]
    for one in waiting:
        if _is_good(moment, one[1], given, verify):
            return one
    return (waiting or issued[-1:] or known)[0]


def _grant(step: Step, agency: UUID, side: str) -> str:
    return "sign-handing" if side == "handing" and step.rules.ends(agency) else "sign-receiving"


def _known(moment: Moment, agency: UUID) -> UUID:
    if agency not in moment.organisation.agencies:
        raise NotFound("unknown_agency", f"there is no agency {agency}: name one of GET /v1/agencies")
    return agency


def _may(
    identity: Identity, moment: Moment, step: Step, agency: UUID, side: str, demonstration: bool
) -> Acting | None:
    if demonstration and identity.kind == "system":
        return Acting(Actor("system", identity.id), None, agency)
    try:
        return allow(identity, _grant(step, agency, side), moment, agency=agency)
    except NotAllowed:
        return None


def _usable(moment: Moment, agency: UUID, here: Mapping[UUID, list[str]]) -> AgencyKey | None:
    named = moment.organisation.agencies[agency].keys
    good = (named[key_id] for key_id in here.get(agency, ()) if key_id in named)
    return next((key for key in good if key.good_at(moment.now)), None)


async def _judge_time(
    office: Handovers, moment: Moment, certificate: Certificate, signed_at: datetime
) -> None:
    """After the certificate was issued, and not in the future."""
    if certificate.issued is None:
        raise Refused(rules.NOT_ISSUED, certificate=str(certificate.id))
    (first,) = await office.ledger.recorder.first_of([certificate.id])
    if not first.recorded_at <= signed_at <= max(moment.now, first.recorded_at):
        raise Refused(
            rules.SIGNED_AT, signed_at=signed_at.isoformat(), issued_at=first.recorded_at.isoformat()
        )


def _judge_then(moment: Moment, acting: Acting, given: Signature) -> None:
    """Through a posting that was at the agency when it was signed; the closing officer needs none."""
    if acting.posting_id is not None:
        officer = UUID(acting.actor.id)
        posted = [where for _, where in moment.organisation.acting(officer, given.signed_at)]
        judge_signed_then(officer, posted, given.agency)


def _sign(moment: Moment, certificate: Certificate, acting: Acting, given: Signature, verify: Verify) -> None:
    certificate.judge(given.agency, given.side)
    key = moment.organisation.agencies[given.agency].keys.get(given.key_id)
    good = _is_good(moment, certificate, given, verify)
    envelope = replace(
        envelope_of(acting, moment),
        occurred_at=given.signed_at,
        acting_agency=agency_then(acting, moment, given.signed_at),
    )
    certificate.sign(
        envelope, agency=given.agency, side=given.side, key=key, signature=given.signature, good=good
    )


def _is_good(moment: Moment, certificate: Certificate, given: Signature, verify: Verify) -> bool:
    """Whether the signature fits the certificate's document and the agency's key."""
    assert certificate.issued is not None, "judged"
    key = moment.organisation.agencies[given.agency].keys.get(given.key_id)
    public = decoded(key.public_key, PUBLIC_KEY_BYTES) if key else None
    signature = decoded(given.signature, SIGNATURE_BYTES)
    message = signed_bytes(
        certificate.issued.digest, str(given.agency), given.side, instant_text(given.signed_at)
    )
    return public is not None and signature is not None and verify(public, signature, message)
