"""Under which name and by which keys the ledger's log is signed: opened, a key added, a key withdrawn, and
read as it was at a position.

Private keys are made by the `LogSigner` before the fact that names them, and one that no fact names yet is
used first, so that a crash between the two leaves nothing to tidy up.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from application.changing import Asked, Changed, Find, Office, change
from application.ledger import Ledger
from application.moment import Moment
from application.policy import allow
from application.tlog_ports import LogSigner
from domain.facts import Envelope
from domain.log_facts import log_stream
from domain.log_identity import Log, LogIdentity, SigningKey, demo_origin, logs_of
from domain.notes import VerifierKey

__all__ = ["Log", "LogIdentity", "SigningKey", "VerifierKey"]


@dataclass(frozen=True, slots=True)
class Named:
    """A key that a fact names now. `key`: its clear form (vkey)."""

    changed: Changed
    origin: str
    key: VerifierKey


def first_origin(ledger_id: UUID, *, configured: str, demo: bool) -> str:
    """The origin of a ledger's first log: what is configured, else one that names the ledger; a demo
    ledger's says so."""
    origin = configured or f"hoso/{ledger_id}"
    return demo_origin(origin) if demo else origin


async def logs(ledger: Ledger, ledger_id: UUID, as_of: int | None = None) -> tuple[Log, ...]:
    """The ledger's logs as on record up to a position (None: now), the open one last; none was opened: ()."""
    facts = await ledger.facts_of([log_stream(ledger_id)])
    return logs_of(one for one in facts if as_of is None or one.position <= as_of)


def open_log_of(known: tuple[Log, ...]) -> Log | None:
    """The log that is open, None where there is none."""
    return known[-1] if known and known[-1].lost is None else None


def other_origin(known: tuple[Log, ...], first: str) -> str | None:
    """A sentence where the setting asks for another origin than the one on record, which counts."""
    if not known or known[0].origin == first:
        return None
    return (
        f"HOSO_ORIGIN asks for the origin {first}, and the log was opened as {known[0].origin}, which stays: "
        "correct HOSO_ORIGIN, or leave it empty"
    )


async def open_log(office: Office, asked: Asked, ledger_id: UUID, signer: LogSigner, *, first: str) -> Named:
    """Open the first log under the origin `first`, or after a loss the next one. Raises NotAllowed, Refused
    (log.open.once) and TlogUnavailable."""
    moment = await office.reader.moment(fresh=True)
    allow(asked.identity, "open-log", moment)
    identity = await office.ledger.load(LogIdentity, log_stream(ledger_id))
    if identity.open_log is not None:  # refused before a key is made; judged again when it is recorded
        origin, key = identity.open_log.origin, identity.open_log.keys[0].key
    else:
        origin = identity.next_origin(first)
        key = await unnamed_key(signer, identity, origin)

    def do(found: LogIdentity, envelope: Envelope, moment: Moment) -> None:
        found.open(envelope, origin=origin, key=str(key))

    changed = await change(office, asked, "open-log", LogIdentity, _stream(ledger_id), do)
    return Named(changed, origin, key)


async def add_key(office: Office, asked: Asked, ledger_id: UUID, signer: LogSigner) -> Named:
    """Let a further key of this machine sign the open log, from the fact's own position on. Raises
    NotAllowed, Refused (log.open.needed) and TlogUnavailable."""
    moment = await office.reader.moment(fresh=True)
    allow(asked.identity, "rotate-log-key", moment)
    identity = await office.ledger.load(LogIdentity, log_stream(ledger_id))
    origin = identity.needed().origin
    key = await unnamed_key(signer, identity, origin)

    def do(found: LogIdentity, envelope: Envelope, moment: Moment) -> None:
        found.add_key(envelope, key=str(key))

    changed = await change(office, asked, "rotate-log-key", LogIdentity, _stream(ledger_id), do)
    return Named(changed, origin, key)


async def withdraw_key(office: Office, asked: Asked, ledger_id: UUID, *, key_id: str, ground: str) -> Changed:
    """Let a key (its id in hex) sign no tree that has this fact. `ground`: rotated, lost or exposed. Raises
    NotAllowed and Refused (log.key.signs, log.key.not_the_last)."""

    def do(found: LogIdentity, envelope: Envelope, moment: Moment) -> None:
        found.withdraw_key(envelope, key_id=key_id, ground=ground)

    return await change(office, asked, "withdraw-log-key", LogIdentity, _stream(ledger_id), do)


async def unnamed_key(signer: LogSigner, identity: LogIdentity, origin: str) -> VerifierKey:
    """A key of this machine under this origin that no fact names: one that is there, else a new one. Raises
    TlogUnavailable."""
    named = {one.key for log in identity.logs for one in log.keys}
    for key in await asyncio.to_thread(signer.keys):
        if key.name == origin and key not in named:
            return key
    return await asyncio.to_thread(signer.make, origin)


def _stream(ledger_id: UUID) -> Find:
    async def find(moment: Moment) -> UUID:
        return log_stream(ledger_id)

    return find
