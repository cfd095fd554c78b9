"""What goes on in a linked group after its steps have begun: a corrected result is passed on, an error goes
back to its issuer, something has to be verified. No dossier is recalled and no status rewritten."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from application.dossiers import Dossiers, load_by_id
from application.keeping import documents_of
from application.ledger import Command
from application.linked import take
from application.linked_known import due_or_load, terms_of_group
from application.linked_recording import GroupAnswer, again, append, envelope, known_group, stand
from application.moment import Moment, decide
from application.policy import Identity, allow
from domain.dossier import Dossier
from domain.facts import Envelope, Personal
from domain.linked_group import LinkedGroup
from domain.transitions import HANDLED


async def pass_on(
    office: Dossiers,
    identity: Identity,
    group_id: UUID,
    step: str,
    from_step: str,
    command: Command | None = None,
) -> GroupAnswer:
    """Pass a corrected result on to a step that has begun; while that one's dossier is handled it takes it as
    its paper. Raises Refused (linked.passed_on, linked.step_waits)."""
    if repeated := await office.ledger.repeated(command):
        return await again(office, repeated)

    async def decision(moment: Moment) -> GroupAnswer:
        acting = allow(identity, "begin-linked-step", moment)
        group = await known_group(office, group_id)
        terms = terms_of_group(group, moment.organisation)
        said = group.said(step)
        stands, streams = await stand(office, group, {from_step}, terms, moment)
        group.pass_on(
            envelope(acting, moment),
            from_step=from_step,
            to_step=step,
            terms=terms,
            stands=stands.get(from_step),
        )
        known = await load_by_id(office, group.begun[step].dossier, moment)
        documents = await documents_of(office.ledger, said.owner)
        changed: list[Dossier] = []
        if known.dossier.status in HANDLED:
            passed = group.passed[-1].document
            take(known.dossier, group, terms, step, passed, documents, acting, moment, known.held.agency)
            changed = [known.dossier] if known.dossier.pending_events else []
        read = (*streams, known.dossier.id, *known.streams, *documents.read)
        return await append(office, group, changed, moment, command, read)

    return await decide(office.reader, decision, versions_too=True)


async def return_to_issuer(
    office: Dossiers,
    identity: Identity,
    group_id: UUID,
    found_at: str,
    to_step: str,
    reason: str,
    component: str | None = None,
    command: Command | None = None,
) -> GroupAnswer:
    """An error found downstream, by the agency that holds the step's dossier, or the portal. Raises Refused
    (linked.return_to_issuer)."""

    def step(group: LinkedGroup, told: Envelope, moment: Moment) -> None:
        assert group.declared is not None
        sealed = Personal(group.declared.subjects[0], reason)
        group.return_to_issuer(told, found_at=found_at, to_step=to_step, component=component, reason=sealed)

    return await _at_step(office, identity, group_id, found_at, "return-to-issuer", step, command)


async def verify(
    office: Dossiers,
    identity: Identity,
    group_id: UUID,
    step: str,
    reason: str,
    command: Command | None = None,
) -> GroupAnswer:
    """Something has to be verified at a step: the whole is due by the longer limit. Raises Refused
    (linked.verification_once)."""

    def change(group: LinkedGroup, told: Envelope, moment: Moment) -> None:
        assert group.declared is not None
        terms = terms_of_group(group, moment.organisation)
        limit = terms.verified if terms else None
        ends = due_or_load(limit, group.declared.counted_from, moment.organisation)
        sealed = Personal(group.declared.subjects[0], reason)
        group.verify(told, due=ends, calendar_position=moment.read_up_to, reason=sealed)

    return await _at_step(office, identity, group_id, step, "verify-linked", change, command)


async def _at_step(
    office: Dossiers,
    identity: Identity,
    group_id: UUID,
    step: str,
    act: str,
    change: Callable[[LinkedGroup, Envelope, Moment], None],
    command: Command | None,
) -> GroupAnswer:
    """By whoever holds the dossier of a step."""
    if repeated := await office.ledger.repeated(command):
        return await again(office, repeated)

    async def decision(moment: Moment) -> GroupAnswer:
        group = await known_group(office, group_id)
        group.said(step)
        begun = group.begun.get(step)
        known = await load_by_id(office, begun.dossier, moment) if begun else None
        holder = known.answerable(moment) if known else None
        acting = allow(identity, act, moment, holder=holder)
        change(group, envelope(acting, moment), moment)
        read = (known.dossier.id, *known.streams) if known else ()
        return await append(office, group, [], moment, command, read)

    return await decide(office.reader, decision, versions_too=True)
