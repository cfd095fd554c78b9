"""Builds what the audit reads and holds the log against. One of the builders (tests/test_architecture.py)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx

from application.audit_evidence import Evidence, Seen
from application.audit_ports import Replay
from application.audit_sources import Keeping
from infra.audit_state import AuditStateFile, program_digest
from infra.policy_file import PolicyFileError, read_policy_file
from infra.recorder import OutOfOrder
from infra.setting_values import SettingError
from infra.witness_client import address_problem
from infra.witness_seen import HttpSeen
from interfaces import wiring
from interfaces.wiring import Opened, views
from projections.replay import Progress, Replaying
from projections.replay_to import Scratch, replayed
from projections.runner import NotContiguous
from projections.view import Log


@asynccontextmanager
async def open_evidence(opened: Opened) -> AsyncIterator[Evidence]:
    """Tiles, head, the keys of witnesses and whom to ask what it saw. Raises SettingError where the policy
    cannot be read."""
    settings, tlog = opened.settings, opened.tlog
    try:
        policy = read_policy_file(Path(settings.witness_policy)) if settings.witness_policy else None
    except PolicyFileError as error:
        raise SettingError(f"HOSO_WITNESS_POLICY: {error} Put that right, then start again.") from None
    witnesses = policy.witnesses if policy else ()
    places = {witness.url: witness.name for witness in witnesses if not address_problem(witness.url)}
    async with httpx.AsyncClient(
        timeout=settings.witness_seconds, trust_env=False, follow_redirects=False
    ) as client:
        asked: list[Seen] = [HttpSeen(name, url, client) for url, name in places.items() if url]
        keys = tuple(witness.key for witness in witnesses)
        ledger = opened.recorder.ledger.ledger_id
        yield Evidence(ledger, tlog.tiles, tlog.head, tlog.leaves, tlog.verify, keys, asked, tlog.checkpoints)


async def catch_up(opened: Opened, position: int) -> None:
    """Bring the read models up to a recorded position. Where the log has a hole none gets over it: the audit
    names the hole."""
    with suppress(NotContiguous, OutOfOrder):
        await wiring.catch_up(opened, position)


def replay(opened: Opened) -> Replay:
    """The read models, to be made again from the log."""
    recorder = opened.recorder
    log = Log(recorder.follow, recorder.events_after, opened.services.ledger.codec.decode)
    return Replaying(opened.database.app, log, views())


@asynccontextmanager
async def replay_to(
    opened: Opened, to: int | None, progress: Progress, *, keep: bool, reader: str | None
) -> AsyncIterator[Scratch]:
    """The read models made again up to a position (None: each up to where it is shown), while they are
    open."""
    recorder = opened.recorder
    log = Log(recorder.follow, recorder.events_after, opened.services.ledger.codec.decode)
    dsn = opened.database.app
    async with replayed(dsn, log, views(), to, progress, keep=keep, reader=reader) as scratch:
        yield scratch


def keeping(opened: Opened, *, resume: bool) -> Keeping:
    """Where the state of an audit is kept: in the data directory."""
    return Keeping(AuditStateFile(opened.settings.data_dir), program_digest(), resume)
