"""The checkpoint that is published beside the tiles, against the one on record: the same text, and under it
no line that is not on record too or good by a key that is known here.

It may be behind the newest one for the moment between the two writes; that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from application.audit_evidence import Evidence
from application.audit_findings import Findings
from application.audit_logs import KnownLogs
from application.audit_ports import LogScan
from application.audit_signatures import checkpoint_of
from application.tlog_ports import TlogUnavailable
from application.tlog_rows import CheckpointRow
from domain.log_identity import Log
from domain.notes import Checkpoint, Note, NoteBroken, Signature, VerifierKey, Verify, read_note, signed_by

PUBLISHED: Final = "checkpoint"
"""Its name beside the tiles."""


async def check_published(
    scan: LogScan,
    evidence: Evidence,
    logs: KnownLogs,
    log: Log,
    newest: int,
    findings: Findings,
    said: list[str],
) -> None:
    """`newest`: the size of the newest checkpoint on record of the log that is open."""

    def says(sentence: str, size: int | None = None) -> None:
        findings.add("published", sentence, position=size, where={"path": PUBLISHED})

    try:
        content = await evidence.tiles(log.number).get(PUBLISHED)
    except TlogUnavailable:  # the tiles named it
        return
    if content is None:
        if newest:
            says(f"no checkpoint is published beside the tiles, and one of size {newest} is on record")
        return
    try:
        note, published = checkpoint_of(content)
    except NoteBroken as problem:
        says(f"what is published as checkpoint beside the tiles is none: {problem}")
        return
    row = await _row(scan, published)
    if row is None and await _is_newer(evidence, note, published):
        said.append(f"the published checkpoint, of size {published.size}, was signed since the audit began")
        return
    if row is None:
        what = f"of size {published.size} of {published.origin}"
        says(f"the published checkpoint is {what}, which is not on record")
        return
    if note.text not in _texts(row):
        root = published.root.hex()
        says(
            f"the published checkpoint of size {row.size} has the root {root}; on record is {row.root.hex()}"
        )
        return
    keys = [*(known.key for known in logs.keys_of(log.origin)), *evidence.policy]
    for line in note.signatures:
        if str(line) not in _lines(row) and not _good(note.text, line, keys, evidence.verify):
            says(f"under the published checkpoint of size {row.size} is a line that is not on record: {line}")
    if published.size < newest:
        said.append(f"the published checkpoint is of size {published.size}, the newest one of {newest}")


async def _row(scan: LogScan, published: Checkpoint) -> CheckpointRow | None:
    async for page in scan.checkpoints(published.size):
        for row in page:
            if row.size != published.size:
                return None
            if row.origin == published.origin:
                return row
    return None


async def _is_newer(evidence: Evidence, note: Note, published: Checkpoint) -> bool:
    """Whether it is on record by now: attesting goes on while an audit reads its snapshot."""
    if evidence.checkpoints is None:
        return False
    found = await evidence.checkpoints.at_most(published.origin, published.size)
    return found is not None and note.text == Checkpoint(found.origin, found.size, found.root).text()


def _texts(row: CheckpointRow) -> set[str]:
    """As the row says and as its note does: where these differ, that was named already."""
    texts = {Checkpoint(row.origin, row.size, row.root).text()}
    note = _note(row)
    return texts | {note.text} if note else texts


def _lines(row: CheckpointRow) -> set[str]:
    note = _note(row)
    return {one.line for one in row.cosignatures} | {str(line) for line in (note.signatures if note else ())}


def _note(row: CheckpointRow) -> Note | None:
    try:
        return read_note(row.note.encode())
    except NoteBroken:
        return None


def _good(text: str, line: Signature, keys: Sequence[VerifierKey], verify: Verify) -> bool:
    for key in keys:
        try:
            if signed_by(Note(text, (line,)), key, verify):
                return True
        except NoteBroken:
            return False
    return False
