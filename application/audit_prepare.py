"""What the audit of the tree begins with: the logs of the ledger, the newest checkpoint, where its tiles are,
what witnesses saw last, and the tree up to where the pass by position begins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from application.audit_checkpoints import CheckpointAuditor
from application.audit_evidence import Evidence
from application.audit_findings import Findings
from application.audit_logs import KnownLogs, known_logs
from application.audit_outside import OutsideAuditor
from application.audit_signatures import SignatureAuditor
from application.audit_sources import Sources, Span
from application.audit_start import Begun, Starter
from application.audit_tiles import TileAuditor
from application.audit_tree import TreeAuditor
from application.pruned import MinimumBroken, minimum_in
from application.refusals import BadRequest
from application.tlog_ports import MINIMUM, TileStore, TlogUnavailable
from application.tlog_rows import CheckpointRow
from domain.ledger_facts import LedgerCreated
from domain.log_identity import Log
from domain.notes import Checkpoint, NoteBroken, VerifierKey, read_checkpoint, read_note


@dataclass(slots=True)
class Prepared:
    """`log`: the one that is open, None where none is; `newest`: its newest checkpoint up to the head of the
    audit; `began`: the size of the tree from which the audit began."""

    tree: TreeAuditor
    tiles: TileAuditor
    checkpoints: CheckpointAuditor
    outside: OutsideAuditor | None = None
    log: Log | None = None
    newest: Checkpoint | None = None
    began: int = 0

    def state(self) -> dict[str, Any]:
        """As primitives, for `prepare`."""
        return {
            "began": self.began,
            "tree": self.tree.state(),
            "checkpoints": self.checkpoints.state(),
            "tiles": [self.tiles.tiles, self.tiles.bundles, self.tiles.left],
        }


async def prepare(
    sources: Sources,
    span: Span,
    head: int,
    findings: Findings,
    said: list[str],
    left: Mapping[str, Any] | None,
) -> Prepared:
    """`head`: the last position that is audited; `left`: the state of an interrupted audit. Raises BadRequest
    where `span` begins at what is no checkpoint."""
    evidence = sources.evidence
    if evidence is None:
        if span.since is not None:
            raise BadRequest("bad_since", "this ledger has no tree to begin from")
        return without_tree(findings, left)
    if left is None:
        await _is_this_ledger(sources, evidence.ledger, findings)
    logs = await known_logs(sources.recorder, sources.codec, evidence.ledger, sources.scan.head)
    log = logs.open
    newest = await _newest(sources, log, head)
    store = evidence.tiles(log.number) if log else None
    sizes = await sources.scan.newest_sizes(log.origin) if log else []
    largest = max((size for size, _ in sizes), default=0)
    minimum = await _minimum(store, largest, findings)
    begun = Begun()
    if left is None and span.since is not None:
        starter = Starter(sources.scan, evidence, logs, findings, newest, minimum)
        begun = await starter.begin(span.since)
    outside = None
    wanted: list[int] = []
    if log is not None:
        outside = OutsideAuditor(evidence, logs, log, findings, said)
        wanted = await outside.ask_witnesses()
    size = newest.size if newest else 0
    tiles = TileAuditor(store, size, minimum, findings, largest)
    prepared = await _prepared(sources, evidence, logs, newest, tiles, findings, wanted, begun, left)
    prepared.outside = outside
    return prepared


async def _is_this_ledger(sources: Sources, ledger: UUID, findings: Findings) -> None:
    """The log begins with the fact that created the ledger, whose stream has its id: head, logs and keys are
    looked for under that id. Where position 1 is missing, its order is named."""
    for stored in [row async for page in sources.scan.by_position(0, 1) for row in page]:
        if stored.topic != LedgerCreated.TOPIC or stored.stream_id != ledger:
            says = f"the database says that it holds the ledger {ledger}; position 1 is {stored.topic} of"
            findings.add("ledger", f"{says} {stored.stream_id}, which created another or none", stored)


async def _prepared(
    sources: Sources,
    evidence: Evidence,
    logs: KnownLogs,
    newest: Checkpoint | None,
    tiles: TileAuditor,
    findings: Findings,
    wanted: Sequence[int],
    begun: Begun,
    left: Mapping[str, Any] | None,
) -> Prepared:
    signatures = SignatureAuditor(evidence.verify, evidence.policy, findings)
    began = left["began"] if left else begun.size
    read = _size_of(left["tree"]) + 1 if left else begun.size
    pages = sources.scan.checkpoints(read)
    checkpoints = CheckpointAuditor(pages, logs, signatures, findings, began)
    tree = TreeAuditor(tiles, checkpoints, findings, newest.size if newest else 0, wanted)
    prepared = Prepared(tree, tiles, checkpoints, None, logs.open, newest, began)
    if left is None:
        tree.begins(begun.frontier, begun.levels)
        await tree.start()
    else:
        _resumed(prepared, left)
    return prepared


def without_tree(findings: Findings, left: Mapping[str, Any] | None = None) -> Prepared:
    """Where there is nothing that the tree is held against."""

    def no_good(algorithm: int, key: bytes, signature: bytes, message: bytes) -> bool:
        return False

    none: tuple[VerifierKey, ...] = ()
    tiles = TileAuditor(None, 0, 0, findings)
    signatures = SignatureAuditor(no_good, none, findings)
    checkpoints = CheckpointAuditor(_none(), KnownLogs(), signatures, findings)
    prepared = Prepared(TreeAuditor(tiles, checkpoints, findings), tiles, checkpoints)
    if left is not None:
        _resumed(prepared, left)
    return prepared


def _resumed(prepared: Prepared, left: Mapping[str, Any]) -> None:
    prepared.tree.resumed(left["tree"])
    prepared.checkpoints.resumed(left["checkpoints"])
    prepared.tiles.tiles, prepared.tiles.bundles, prepared.tiles.left = left["tiles"]


def _size_of(tree: Mapping[str, Any]) -> int:
    return sum(1 << height for height, _ in tree["nodes"])


async def _none() -> AsyncIterator[Sequence[CheckpointRow]]:
    nothing: Sequence[Sequence[CheckpointRow]] = ()
    for page in nothing:
        yield page


async def _newest(sources: Sources, log: Log | None, head: int) -> Checkpoint | None:
    """The largest whose row and note agree; one that was damaged names no tiles that have to be there."""
    if log is None:
        return None
    for size, text in await sources.scan.newest_sizes(log.origin):
        try:
            found = read_checkpoint(read_note(text.encode()).text)
        except NoteBroken:
            continue
        if found.size == size <= head and found.origin == log.origin:
            return found
    return None


async def _minimum(store: TileStore | None, largest: int, findings: Findings) -> int:
    """Below which tiles may be gone; where it cannot be believed nothing is excused. `largest`: checkpoint on
    record."""
    if store is None:
        return 0
    try:
        minimum = minimum_in(await store.get(MINIMUM))
        if minimum > largest:
            raise MinimumBroken(
                f"{MINIMUM} of the tile store is {minimum}, beyond the newest checkpoint of size {largest}"
            )
    except TlogUnavailable:  # the tiles are looked at next, and are named there
        return 0
    except MinimumBroken as broken:
        findings.add("tile", str(broken), where={"path": MINIMUM})
        return 0
    return minimum
