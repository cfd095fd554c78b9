"""The certificate of a handed-over part: issued when it is reconciled, signed by both sides, shown with all
that somebody needs to check it without this ledger.

Recorded are digest, position and root, and each signature; the document is made again from the log. Nobody's
private key is needed here: signatures come in, and are verified by the function that the caller passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from application.certificate_check import FILE_FORMAT
from application.certificate_document import Told, document, tallies, tree_root
from application.handovers import Handovers, StepAnswer, envelope_of, part_of
from application.ledger import Command
from application.moment import Moment
from application.policy import Acting, Identity, allow, closes
from application.refusals import BadRequest, NotFound, Refusal, told_at
from domain import certificate_rules as rules
from domain.certificate import Certificate, canonical, digest_of, instant_text, stream_id
from domain.holding import Step
from domain.refusals import Refused

Json = dict[str, Any]
Version = tuple[Step, Certificate]
"""One that took effect, and its certificate."""


async def issue(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    command: Command | None = None,
    told: Told = lambda read: None,
    *,
    part_version: int | None = None,
) -> StepAnswer:
    """Issue the certificate of one version of a part; None: of the oldest that took effect and has none.

    Raises Refused (certificate.not_reconciled, certificate.once), BadRequest (before_the_hour,
    not_scheduled), NotFound.
    """
    if repeated := await office.ledger.repeated(command):
        certificate = await office.ledger.load(Certificate, repeated.versions[0][0])
        return _issued(await office.reader.moment(fresh=True), certificate, repeated.last, True)
    moment = await office.reader.moment(fresh=True)
    acting = allow(identity, "issue-certificate", moment)
    known = await versions(office, moment, part_id, part_version)
    step, certificate = next((one for one in known if one[1].issued is None), known[-1])
    _judge_reconciled(moment, step)
    if certificate.issued is not None:
        raise Refused(rules.ONCE, part=str(part_id), part_version=step.part_version)
    (answer,) = await _record(office, acting, moment, [(step, certificate)], command, told)
    return answer


@dataclass(slots=True)
class PartIssued:
    """One part of an act: what was issued of its versions, and why something of it could not be (`problem`:
    it is not ready). Both are empty where it had all before."""

    part: UUID
    name: str
    answers: list[StepAnswer] = field(default_factory=list)
    problem: Refusal | Refused | None = None


async def issue_all(
    office: Handovers, identity: Identity, parts: Sequence[UUID], told: Told = lambda read: None
) -> list[PartIssued]:
    """Issue what these parts miss, every version that took effect, in one pass over the log. Cancelled parts
    are passed over; one that is not ready keeps no other from it."""
    moment = await office.reader.moment(fresh=True)
    acting = allow(identity, "issue-certificate", moment)
    found: dict[UUID, PartIssued] = {}
    wanted: list[Version] = []
    for part_id in parts:
        part = part_of(moment, part_id)
        if part.cancelled:
            continue
        one = found[part_id] = PartIssued(part_id, part.draft_of().name)
        try:
            for version in await versions(office, moment, part_id):
                if version[1].issued is None:
                    _judge_reconciled(moment, version[0])
                    wanted.append(version)
        except (Refusal, Refused) as problem:
            one.problem = problem
    for answer in await _record(office, acting, moment, wanted, None, told):
        assert answer.part is not None, "of a part"
        found[answer.part].answers.append(answer)
    return list(found.values())


def _judge_reconciled(moment: Moment, step: Step) -> None:
    if step.part_version not in part_of(moment, step.part_id).reconciled:
        raise Refused(rules.NOT_RECONCILED, part=str(step.part_id), part_version=step.part_version)


async def _record(
    office: Handovers,
    acting: Acting,
    moment: Moment,
    wanted: Sequence[Version],
    command: Command | None,
    told: Told,
) -> list[StepAnswer]:
    position = moment.read_up_to
    counted = await tallies(office, [step for step, _ in wanted], position, told) if wanted else {}
    root = await tree_root(office, position) if wanted else ""
    answers = []
    for step, certificate in wanted:
        tally = counted[step.key]
        written = await document(office, step.key, tally, position, root)
        certificate.issue(
            envelope_of(acting, moment),
            part=step.part_id,
            part_version=step.part_version,
            position=position,
            root=root,
            digest=digest_of(canonical(written)),
            counts={"dossiers": tally.count} | tally.per_side(step.rules.heirs.keys()),
        )
        receipt = await office.ledger.append(certificate, command=command)
        if receipt.repeated:  # the same command was recorded while this one was being decided
            certificate = await office.ledger.load(Certificate, certificate.id)
        answers.append(_issued(moment, certificate, receipt.last, receipt.repeated))
    return answers


def _issued(moment: Moment, certificate: Certificate, position: int, repeated: bool) -> StepAnswer:
    fact = certificate.issued
    assert fact is not None, "it was recorded"
    counts = {
        "certificate": str(certificate.id),
        "part_version": fact.part_version,
        "position": fact.position,
        "root": fact.root,
        "digest": fact.digest,
        "dossiers": fact.counts["dossiers"],
        "signatures_required": len(certificate.sides(required=True)),
    }
    return StepAnswer(part_of(moment, fact.part).act, fact.part, position, counts, repeated)


def steps_come(moment: Moment, part_id: UUID) -> list[Step]:
    """The part's versions that took effect, by their hours; each has its own certificate. NotFound;
    BadRequest (before_the_hour, not_scheduled)."""
    part_of(moment, part_id)
    steps = [step for step in moment.organisation.steps if step.part_id == part_id]
    if come := [step for step in steps if step.hour <= moment.now]:
        return come
    if steps:
        hour = told_at(steps[0].hour)
        raise BadRequest("before_the_hour", f"the part takes effect at {hour}: there is nothing to sign yet")
    raise BadRequest("not_scheduled", "the part is not scheduled: approve it twice and schedule it first")


async def versions(
    office: Handovers, moment: Moment, part_id: UUID, part_version: int | None = None
) -> list[Version]:
    """Every version that took effect with its certificate (version 0 where none is issued), the oldest
    first; or the one that is named. NotFound; BadRequest as `steps_come`."""
    come = steps_come(moment, part_id)
    steps = [step for step in come if part_version in (None, step.part_version)]
    if not steps:
        known = ", ".join(str(step.part_version) for step in come)
        raise NotFound(
            "unknown_certificate",
            f"version {part_version} of the part never took effect: name one of {known}",
        )
    return [(step, await load(office, step)) for step in steps]


async def load(office: Handovers, step: Step) -> Certificate:
    """The certificate of a step's version; version 0 where none is issued."""
    id = stream_id(step.part_id, step.part_version, step.effective_at)
    return await office.ledger.load(Certificate, id)


def may_read(identity: Identity, moment: Moment, part_id: UUID) -> None:
    """NotAllowed unless the identity may read handovers, or closes the books of an agency of the part."""
    officer = identity.uuid if identity.kind == "officer" else None
    if officer is not None:
        for step in moment.organisation.steps:
            if step.part_id == part_id:
                draft = part_of(moment, part_id).draft_of(step.part_version)
                own = (c.agency for c in draft.closings if c.closed_by == officer)
                if any(closes(moment, officer, agency) == part_id for agency in own):
                    return
    allow(identity, "read-handover", moment)


async def state(
    office: Handovers, identity: Identity, part_id: UUID, *, part_version: int | None = None
) -> Json:
    """What a signer needs, without making the document: digest, who must sign, who has, who is missing. Of
    the version named; None: of the newest that has a certificate."""
    moment = await office.reader.moment(fresh=True)
    may_read(identity, moment, part_id)
    _, certificate = await _issued_of(office, moment, part_id, part_version)
    fact = certificate.issued
    assert fact is not None, "loaded as issued"
    missing = [
        {"agency": agency, "identifier": moment.organisation.agencies[agency].identifier, "side": side}
        for agency, side in certificate.missing()
    ]
    return {
        "certificate": certificate.id,
        "part": part_id,
        "part_version": fact.part_version,
        "digest": fact.digest,
        "position": fact.position,
        "root": fact.root,
        "dossiers": fact.counts["dossiers"],
        "signed": len(certificate.signed),
        "missing": missing,
        "closed": part_of(moment, part_id).closed,
        "as_of": moment.now,
    }


async def _issued_of(office: Handovers, moment: Moment, part_id: UUID, part_version: int | None) -> Version:
    known = await versions(office, moment, part_id, part_version)
    for step, certificate in reversed(known):
        if certificate.issued is not None:
            return step, certificate
    which = "the part" if part_version is None else f"version {part_version} of the part"
    raise NotFound("unknown_certificate", f"{which} has no certificate yet: reconcile it, then issue one")


async def shown(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    told: Told = lambda read: None,
    *,
    part_version: int | None = None,
) -> Json:
    """The file that is checked offline: the document, made again from the log, and every signature with its
    public key; of the version that `state` tells. BadRequest (certificate_differs) if the log does not give
    the bytes that were signed."""
    moment = await office.reader.moment(fresh=True)
    may_read(identity, moment, part_id)
    step, certificate = await _issued_of(office, moment, part_id, part_version)
    fact = certificate.issued
    assert fact is not None, "loaded as issued"
    counted = await tallies(office, [step], fact.position, told)
    root = await tree_root(office, fact.position)
    written = await document(office, step.key, counted[step.key], fact.position, root)
    if digest_of(canonical(written)) != fact.digest:
        raise BadRequest(
            "certificate_differs",
            f"the log up to position {fact.position} does not give the document of {fact.digest}",
        )
    return {
        "format": FILE_FORMAT,
        "document": written,
        "digest": fact.digest,
        "signatures": [
            {
                "agency": str(signed.agency),
                "side": signed.side,
                "key_id": signed.key_id,
                "public_key": moment.organisation.agencies[signed.agency].keys[signed.key_id].public_key,
                "signed_at": instant_text(signed.envelope.occurred_at),
                "signature": signed.signature,
            }
            for _, signed in sorted(
                certificate.signed.items(), key=lambda item: (item[0][1], str(item[0][0]))
            )
        ],
    }


def file_bytes(file: Json) -> bytes:
    """The file's bytes: canonical, so that no byte of it can change unseen."""
    return canonical(file) + b"\n"


def keys_of(moment: Moment, agency: UUID | None = None) -> list[Json]:
    """Every key that agencies have named, withdrawn ones too: agency, identifier, key_id, public_key, from,
    withdrawn."""
    organisation = moment.organisation
    found = [organisation.agencies[agency]] if agency else organisation.agencies.values()
    return [
        {
            "agency": str(known.id),
            "identifier": known.identifier,
            "key_id": key.key_id,
            "public_key": key.public_key,
            "from": instant_text(key.from_),
            "withdrawn": instant_text(key.withdrawn) if key.withdrawn else None,
        }
        for known in sorted(found, key=lambda a: a.identifier)
        for key in known.keys.values()
    ]
