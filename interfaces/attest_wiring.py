"""Builds attesting: the log with its stores, the process that attests, and who hears how far it is. One of
the builders (tests/test_architecture.py).

    tlog = tlog_of(settings, recorder, codec)             # what checking, attesting and recovering work with
    await check(tlog, settings)                           # is this the log whose head was signed last?
    async with open_attest_run(settings) as run: ...      # the one process that attests
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from application.attest_run import AttestRun
from application.attested import Attested, AttestedWatch, Turn
from application.cosigning import unnamed_log
from application.head_check import HeadRefused, HeadUnreachable, check_head
from application.log_identity import Log
from application.ports import Codec
from application.pruning import Alone
from application.tlog import OnRecord, Tlog
from application.tree_reading import Progress, silent
from infra.attest_turn import PRUNER, PRUNING_LOCK, AttestTurn
from infra.attested_watch import PostgresAttestedWatch, told_now
from infra.checkpoints import PostgresCheckpoints
from infra.codec import JsonCodec
from infra.fact_types import domain_fact_types
from infra.leaves import PostgresLeaves
from infra.note_ciphers import verify
from infra.policy_file import PolicyFileError, read_policy_file
from infra.recorder import PostgresRecorder
from infra.settings import Settings
from infra.tlog_places import head_store, log_keys, tile_store
from interfaces.databases import open_database
from interfaces.no_keys import NoKeys
from interfaces.witness_wiring import open_cosigner

TOLD_SECONDS = 5.0
log = logging.getLogger("hoso.tlog")


def tlog_of(settings: Settings, recorder: PostgresRecorder, codec: Codec) -> Tlog:
    """The ledger's log; reads through the recorder's connections. Raises SecretsError."""
    ledger_id = recorder.ledger.ledger_id
    return Tlog(
        record=OnRecord(recorder, codec, ledger_id),
        head=head_store(settings, ledger_id),
        tiles=lambda number: tile_store(settings, ledger_id, number),
        signer=log_keys(settings),
        verify=verify,
        checkpoints=PostgresCheckpoints(recorder),
        leaves=PostgresLeaves(recorder),
    )


async def check(tlog: Tlog, settings: Settings, progress: Progress = silent) -> None:
    """Raises HeadRefused unless this is the log whose head was signed last, or a person vouches for it where
    the head cannot be read."""
    try:
        await check_head(tlog, progress)
    except HeadUnreachable:
        if not settings.head_confirmed:
            raise
        log.warning("the signed head cannot be read; HOSO_HEAD_CONFIRMED vouches for this ledger")


async def why_refused(settings: Settings, dsn: str, progress: Progress = silent) -> HeadRefused | None:
    """Why log and head do not belong together, for who looks without opening the ledger; None: they do."""
    recorder = await PostgresRecorder.open(dsn, clock_confirmed=settings.clock_confirmed)
    try:
        await check_head(tlog_of(settings, recorder, JsonCodec(domain_fact_types(), NoKeys())), progress)
    except HeadRefused as refused:
        return refused
    finally:
        await recorder.close()
    return None


@asynccontextmanager
async def open_attest_run(settings: Settings, progress: Progress = silent) -> AsyncIterator[AttestRun]:
    """The attesting process; it opens no keys of persons. Raises what `wiring.SAID_ALREADY` names."""
    async with open_database(settings) as database, open_cosigner(settings) as cosigner:
        recorder = await PostgresRecorder.open(database.app, clock_confirmed=settings.clock_confirmed)
        try:
            tlog = tlog_of(settings, recorder, JsonCodec(domain_fact_types(), NoKeys()))
            async with open_turn(database.app) as turn:
                yield AttestRun(
                    tlog,
                    cosigner,
                    turn,
                    seconds=settings.attest_seconds,
                    quorum_required=settings.quorum_required,
                    progress=progress,
                )
        finally:
            await recorder.close()


@asynccontextmanager
async def open_turn(dsn: str) -> AsyncIterator[Turn]:
    """Whose turn it is, not taken yet."""
    turn = AttestTurn(dsn)
    try:
        yield turn
    finally:
        await turn.close()


@asynccontextmanager
async def open_pruning_turn(dsn: str) -> AsyncIterator[Alone]:
    """Whose turn it is to prune or rebuild, not taken yet."""
    turn = AttestTurn(dsn, PRUNING_LOCK, PRUNER)
    try:
        yield turn
    finally:
        await turn.close()


@asynccontextmanager
async def open_watch(dsn: str) -> AsyncIterator[AttestedWatch]:
    """How far attesting is, heard while this is open."""
    async with PostgresAttestedWatch(dsn) as watch:
        yield watch


async def who_attests(dsn: str) -> Attested | None:
    """What the attesting process says within some seconds; None where there is none."""
    return await told_now(dsn, TOLD_SECONDS)


@dataclass(frozen=True, slots=True)
class PolicySays:
    """`witnesses`: the names that they sign with, each with its key's id in hex; `wrong`: why the file cannot
    be read, or that it names other logs than this one, for the operator."""

    witnesses: frozenset[str] = frozenset()
    wrong: str | None = None


def policy_says(settings: Settings, log: Log | None) -> PolicySays:
    """What HOSO_WITNESS_POLICY says of this log, without asking anybody."""
    if not settings.witness_policy:
        return PolicySays()
    try:
        policy = read_policy_file(Path(settings.witness_policy))
    except PolicyFileError as error:
        return PolicySays(wrong=f"HOSO_WITNESS_POLICY: {error}")
    known = frozenset(f"{each.key.name} {each.key.key_id.hex()}" for each in policy.witnesses)
    if log is None:
        return PolicySays(known)
    return PolicySays(known, unnamed_log(policy, log.origin, {key.key_id for key in log.signing()}))
