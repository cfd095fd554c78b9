"""Is the whole ledger sound? The one answer, for the command, tests and whoever else asks.

One pass in the order of positions, one in the order of streams, both over one snapshot, streaming; then what
lies outside the log.

Checked: positions 1, 2, 3 … each once; recorded times never going back; leaves recomputed from the stored
bytes; topics known and bytes readable; versions of every stream 1, 2, 3 …; officers acting through postings
that stood then; one holder of every dossier, in the log and in the read model, as the definition says; every
transfer stated as it was, none missing and none too many; answers and decisions by whom they were for;
reminders, obstacles, papers and what citizens say of what is there; nothing asked for that was held, and
every document in its owner's store; every mandate that a dossier was filed under, and both ends of every link
between two records of one person; one claim for each code; due dates as
the calendar known then gives them, and as they are shown; stock and flow of every agency and handed in =
handed out; every file that a fact names in the file store (`hoso files check` reads them too).

Of the log as outsiders verify it: tiles and bundles against the leaves, the root at every checkpoint on
record, its signatures by keys on record then, its cosignatures, a checkpoint for every 10,000 events, the
head outside the database, and what witnesses saw last. And of the read models that they are what a replay of
the log gives. docs/audit.md says what each kind of finding means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from application.audit_dossiers import ClaimValue, ShownDossiers
from application.audit_evidence import Evidence
from application.audit_files import StoreLookedAt
from application.audit_ports import LogScan, Progress, Replay
from application.audit_prepare import Prepared
from application.audit_run import Run
from application.audit_sources import Keeping, Sources, Span
from application.ports import Codec, Recorder

WHOLE = Span()


@dataclass(frozen=True, slots=True)
class Attested:
    """What the tree was held against. `size`: of the newest checkpoint; `cosignatures`: verified; `counted`:
    those of witnesses whose keys are not known here."""

    size: int
    checkpoints: int
    signatures: int
    cosignatures: int
    counted: int
    tiles: int
    bundles: int


@dataclass(frozen=True, slots=True)
class Audit:
    """`positions`: how many were read, from the one after `since` up to `until`, of all `recorded`;
    `findings`: what is wrong, each a dict with kind, position, stream and a sentence, and with more of the
    place where a program may want it; `kinds`: how many were found of each; `said`: what is no finding and
    has to be known."""

    ok: bool
    positions: int
    dossiers: int
    findings: tuple[dict[str, Any], ...]
    since: int
    until: int
    recorded: int
    kinds: Mapping[str, int]
    attested: Attested | None
    said: tuple[str, ...]


async def audit(
    scan: LogScan,
    recorder: Recorder,
    codec: Codec,
    shown: ShownDossiers | None,
    *,
    claim_value: ClaimValue,
    now: datetime,
    store: StoreLookedAt,
    evidence: Evidence | None = None,
    replay: Replay | None = None,
    span: Span = WHOLE,
    keeping: Keeping | None = None,
    tree_only: bool = False,
    progress: Progress = lambda what, done, total: None,
) -> Audit:
    """Audit the log as `scan` sees it, at the ledger's time `now`. `claim_value`: the keyed hash of a
    claim; `store`: the file store, and one that cannot be looked at is a finding; `shown`: the read model
    `status`, None where it is not compared; `evidence`: what the tree is held against; `replay`: makes the
    read models again; `span`: the part that is covered; `keeping`: where the state of the audit is kept;
    `tree_only`: look at the stored bytes, the tree and what it is held against, not at what facts say.

    Raises BadRequest for a span that begins at what is no checkpoint, and Unavailable.
    """
    sources = Sources(scan, recorder, codec, claim_value, store, shown, evidence, replay)
    run = Run(sources, span, now, keeping, progress)
    if tree_only:
        leaves, prepared = await run.leaves()
        read, dossiers = leaves.read, 0
    else:
        positions, streams, prepared = await run.all()
        read, dossiers = positions.read, streams.dossiers
    found = run.findings
    return Audit(
        found.none,
        read,
        dossiers,
        found.listed(),
        prepared.began,
        run.head,
        scan.head,
        found.kinds(),
        _attested(prepared),
        tuple(run.said),
    )


def _attested(prepared: Prepared) -> Attested | None:
    if prepared.log is None:
        return None
    signatures = prepared.checkpoints.signatures
    return Attested(
        prepared.newest.size if prepared.newest else 0,
        prepared.checkpoints.checkpoints,
        signatures.good,
        signatures.cosigned,
        signatures.counted,
        prepared.tiles.tiles,
        prepared.tiles.bundles,
    )
