"""The way out where log and head do not belong together: what was signed and is lost is put on record, and a
log with a further number, a new origin and a new key begins.

In this order: the new key is durable; the loss and the new log are recorded in one append; the new log's
tiles are written and its first head takes the place of the lost one. Ended anywhere, the same command goes
on: what is on record and the lost head, still in its place, say how far it came.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from application.attested import Turn
from application.attesting import Attester, Reached, attest_up_to, nothing
from application.changing import Asked, Office, change
from application.head_check import (
    Head,
    HeadMissing,
    HeadOlder,
    HeadRefused,
    HeadUnreachable,
    HeadUnreadable,
    RecoveryUnfinished,
    Standing,
    check_head,
    read_head,
    tree_up_to,
)
from application.log_identity import open_log_of, unnamed_key
from application.moment import Moment
from application.policy import allow
from application.ports import LedgerError
from application.tlog import Tlog
from application.tlog_ports import Cosigner
from application.tree_reading import Progress, silent
from domain.facts import Envelope
from domain.log_facts import log_stream
from domain.log_identity import LogIdentity, number_of, numbered
from domain.notes import NoteBroken, VerifierKey
from domain.tiles import Edge

GRANT: Final = "recover-log"
GROUNDS: Final = ("restored_backup", "forked", "head_lost")
TURN_SECONDS = 30.0


class NothingToRecover(LedgerError):
    def __init__(self) -> None:
        super().__init__("Log and head belong together: there is nothing to recover.")


class GroundDoesNotFit(LedgerError):
    def __init__(self, ground: str | None, error: HeadRefused) -> None:
        wanted = "head_lost" if _gone(error) else "restored_backup or forked"
        given = f"the ground {ground} does not fit" if ground else "a ground is needed"
        super().__init__(f"To recover {given} what was found: use --ground {wanted}. Found was: {error}")


class AttestedElsewhere(LedgerError):
    def __init__(self) -> None:
        super().__init__(
            "Another process attests this ledger just now: stop it (`hoso serve` or `hoso tlog run`), then"
            " run this again."
        )


@dataclass(frozen=True, slots=True)
class Recovered:
    """`lost_size`: what the lost head covered (None: it was gone too); `kept_size`: what is here and was put
    on record as kept, None where an earlier run recorded it; `head`: what the new head covers; `published`:
    False where that waits for the quorum of witnesses."""

    origin: str
    number: int
    keys: tuple[VerifierKey, ...]
    lost_size: int | None
    kept_size: int | None
    head: int
    published: bool


async def recover(
    office: Office,
    asked: Asked,
    ledger_id: UUID,
    tlog: Tlog,
    turn: Turn,
    cosigner: Cosigner,
    *,
    ground: str | None,
    first: str,
    quorum_required: bool = False,
    reached: Reached = nothing,
    progress: Progress = silent,
) -> Recovered:
    """`first`: the origin of a first log, where none is on record; `quorum_required`: without the
    quorum the new log is signed and not published; whoever attests then does that. Raises NotAllowed,
    NothingToRecover, GroundDoesNotFit, AttestedElsewhere, HeadUnreachable, HeadMoved, and what attesting
    raises."""
    allow(asked.identity, GRANT, await office.reader.moment(fresh=True))
    if not await turn.take(0):
        await _refused(tlog, progress)  # who holds the turn gives it up where something is wrong
        if not await turn.take(TURN_SECONDS):
            raise AttestedElsewhere
    try:
        error, found = await _refused(tlog, progress)
        head = _known(found)
        kept = None
        if not isinstance(error, RecoveryUnfinished):
            if ground not in GROUNDS or (ground == "head_lost") != _gone(error):
                raise GroundDoesNotFit(ground, error)
            kept = await _record(
                office, asked, ledger_id, tlog, head, ground=ground, first=first, progress=progress
            )
            reached("recorded")
        attester = await _begun(tlog, cosigner, found, reached, progress, quorum_required=quorum_required)
    finally:
        await turn.give_up()
    log = open_log_of(await tlog.record.logs())
    assert log is not None
    lost = head.checkpoint.size if head else None
    attested = attester.attested
    return Recovered(
        log.origin, log.number, log.signing(), lost, kept, attested.head, attested.published >= attested.head
    )


async def _refused(tlog: Tlog, progress: Progress) -> tuple[HeadRefused, bytes | None]:
    """Why log and head do not belong together, and what lies in the head store."""
    try:
        await check_head(tlog, progress)
    except HeadUnreachable:
        raise
    except HeadRefused as error:
        return error, await tlog.head.read()
    raise NothingToRecover


def _gone(error: HeadRefused) -> bool:
    return isinstance(error, HeadMissing | HeadOlder | HeadUnreadable)


def _known(found: bytes | None) -> Head | None:
    try:
        return read_head(found) if found is not None else None
    except NoteBroken:
        return None


async def _record(
    office: Office,
    asked: Asked,
    ledger_id: UUID,
    tlog: Tlog,
    head: Head | None,
    *,
    ground: str,
    first: str,
    progress: Progress,
) -> int:
    """Put the loss and the new log on record; how much was kept."""
    identity = await office.ledger.load(LogIdentity, log_stream(ledger_id))
    size = await tlog.record.recorded()
    root = (await tree_up_to(tlog, identity.open_log, size, progress)).root().hex()
    base = _first_origin(identity, head, first)
    here = await asyncio.to_thread(tlog.signer.keys)
    number = _free_number(identity, base, [key.name for key in here], head)
    origin = numbered(base, number)
    key = await unnamed_key(tlog.signer, identity, origin)

    async def find(moment: Moment) -> UUID:
        return log_stream(ledger_id)

    def do(found: LogIdentity, envelope: Envelope, moment: Moment) -> None:
        found.lose_history(
            envelope,
            head=head.content.decode() if head else None,
            kept_size=size,
            kept_root=root,
            ground=ground,
            unknown=head.checkpoint.origin if head else base,
        )
        found.open(envelope, origin=origin, key=str(key), number=number)

    await change(office, asked, GRANT, LogIdentity, find, do)
    return size


def _first_origin(identity: LogIdentity, head: Head | None, first: str) -> str:
    """The origin that those of all logs of this ledger begin with."""
    if identity.logs:
        return identity.logs[0].origin
    if head is None or number_of(head.checkpoint.origin, first) is not None:
        return first
    return head.checkpoint.origin


def _free_number(identity: LogIdentity, base: str, keys: Iterable[str], head: Head | None) -> int:
    """A number under which nothing was ever signed, as far as can be seen: not on record, not by a key that
    lies here, not in the head. A key of this number may have been made by a run that went no further."""
    names = [*keys, *([head.checkpoint.origin] if head else [])]
    used = [number for name in names if (number := number_of(name, base)) is not None]
    return max([1, identity.next_number - 1, *used]) + 1


async def _begun(
    tlog: Tlog,
    cosigner: Cosigner,
    found: bytes | None,
    reached: Reached,
    progress: Progress,
    *,
    quorum_required: bool,
) -> Attester:
    """The new log's tiles, its first head in the place of what was found, its first checkpoint."""
    logs, recorded = await tlog.record.logs(), await tlog.record.recorded()
    standing = Standing(logs, recorded, None, Edge(), found)
    attester = await Attester.open(tlog, cosigner, standing, quorum_required=quorum_required, reached=reached)
    await attest_up_to(attester, logs[-1].opened, progress)
    return attester
