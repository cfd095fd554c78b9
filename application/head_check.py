"""Is this log the one whose head was signed last? Asked at every opening and before anything is attested.

The head lies outside the database. A log that is shorter than it, or other than it, was restored from a
backup, cut or forked: nothing is recorded or attested until a person has decided (`hoso tlog recover`).

    HeadRefused
    ├── LogShorter          the log ends before the head does, or was never opened though a head is there
    ├── LogDiffers          it goes as far, and is another, or not the one of the checkpoint on record
    ├── HeadMissing         checkpoints are on record, and the store is empty
    ├── HeadOlder           a newer checkpoint is on record: the store was set back
    ├── HeadUnreadable      what is in the store is no signed head
    ├── HeadUnreachable     the store cannot be read now
    └── RecoveryUnfinished  a further log was opened, and the head is not its own yet

The tree up to the head is made from the newest checkpoint on record, the right edge of its tiles and the
leaves since; whatever of these is missing, or does not fit, is made from the log's leaves. What lies deeper
than the last tile and is covered by a checkpoint on record is the audit's to read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from application.log_identity import open_log_of
from application.ports import LedgerError
from application.tlog import Tlog
from application.tlog_ports import Published, TileConflict, TlogUnavailable
from application.tree_reading import LeavesMissing, Progress, TreeReader, silent
from domain.log_identity import Log
from domain.notes import Checkpoint, Note, NoteBroken, VerifierKey, read_checkpoint, read_note, signed_by
from domain.tiles import WIDTH, Edge

TRIES = 5
"""As long as the head is moved meanwhile."""

GO_ON = "or, to go on with this database as it is, record that with `hoso tlog recover --ground"


class HeadRefused(LedgerError):
    """The log is not, or cannot be shown to be, the one whose head was signed last. The text says what was
    found and what to do."""


class LogShorter(HeadRefused):
    pass


class LogDiffers(HeadRefused):
    pass


class HeadMissing(HeadRefused):
    pass


class HeadOlder(HeadRefused):
    pass


class HeadUnreadable(HeadRefused):
    pass


class HeadUnreachable(HeadRefused):
    pass


class RecoveryUnfinished(HeadRefused):
    pass


@dataclass(frozen=True, slots=True)
class Head:
    """The signed head. `content`: its bytes as they lie in the store."""

    content: bytes
    note: Note
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Standing:
    """A log and its head, found to belong together. `head`: None before the first one was signed; `edge`: of
    the tree at the head's size."""

    logs: tuple[Log, ...]
    recorded: int
    head: Head | None
    edge: Edge
    found: bytes | None
    """What lies in the head store, to be swapped."""

    @property
    def log(self) -> Log | None:
        """The open one."""
        return open_log_of(self.logs)


async def check_head(tlog: Tlog, progress: Progress = silent) -> Standing:
    """Raises HeadRefused. Cheap where the newest checkpoint on record is not far behind the head; else
    `progress` is told how many leaves were hashed."""
    content = await _content(tlog)
    for _ in range(TRIES):
        try:
            return await _checked(tlog, content, progress)
        except HeadRefused:
            moved = await _content(tlog)
            if moved == content:
                raise
            content = moved  # by the attester, while this was compared with what is on record
    return await _checked(tlog, content, progress)


async def _checked(tlog: Tlog, content: bytes | None, progress: Progress) -> Standing:
    logs = await tlog.record.logs()  # after the head: what it covers was recorded before
    recorded = await tlog.record.recorded()
    head = await _read(tlog, logs, content)
    if head is None:
        await _none_was_signed(tlog, logs)
        return Standing(logs, recorded, None, Edge(), None)
    log, size = await _log_of(tlog, logs, head, recorded), head.checkpoint.size
    _was_signed_by(log.signers(size), head, tlog)
    await _is_the_newest(tlog, log, size)
    contradicted: list[LogDiffers] = []
    try:
        edge = await tree_up_to(tlog, log, size, progress, contradicted)
    except LeavesMissing as gap:
        raise _shorter(tlog, size, gap.at) from None
    if edge.root() != head.checkpoint.root:
        raise LogDiffers(
            f"The log is not the one whose head was signed: its first {size:,} positions give the root"
            f" {edge.root().hex()[:16]}, the head in {tlog.head.where} has"
            f" {head.checkpoint.root.hex()[:16]}. This database went on as a copy beside the one that was"
            f" attested, or was changed. Use the database that the head belongs to; {GO_ON} forked`."
            " `hoso audit` says what is sound."
        )
    if contradicted:
        raise contradicted[0]
    return Standing(logs, recorded, head, edge, head.content)


async def tree_up_to(
    tlog: Tlog,
    log: Log | None,
    size: int,
    progress: Progress = silent,
    contradicted: list[LogDiffers] | None = None,
) -> Edge:
    """The edge of the tree of the log's first `size` leaves. `log`: whose tiles and checkpoints shorten the
    way; `contradicted`: is given what there is to say where the newest checkpoint on record is not of this
    tree. Raises LeavesMissing."""
    if log is None:
        edge = Edge()
        await TreeReader(tlog.tiles(1), tlog.leaves, progress).grow(edge, size)
        return edge
    reader = TreeReader(tlog.tiles(log.number), tlog.leaves, progress)
    base = await tlog.checkpoints.at_most(log.origin, size)
    edge = await _edge_of(reader, base) if base is not None and base.size else Edge()
    if base is not None and edge.size < base.size:  # its tiles do not give its root: do the leaves?
        await reader.grow(edge, base.size)
        if contradicted is not None and edge.root() != base.root:
            contradicted.append(_not_on_record(base, edge.root()))
    await reader.grow(edge, size)
    return edge


def read_head(content: bytes) -> Head:
    """A head, its signatures not looked at. Raises NoteBroken."""
    note = read_note(content)
    return Head(content, note, read_checkpoint(note.text))


async def _content(tlog: Tlog) -> bytes | None:
    try:
        return await tlog.head.read()
    except TlogUnavailable as error:
        raise HeadUnreachable(
            f"The signed head outside the database cannot be read: {error}. Without it nobody knows whether"
            " this database is the newest. Put that right, or, if a person knows that it is, start once with"
            " HOSO_HEAD_CONFIRMED=yes; nothing is attested until the head can be read."
        ) from None


async def _read(tlog: Tlog, logs: tuple[Log, ...], content: bytes | None) -> Head | None:
    if content is None:
        return None
    try:
        return read_head(content)
    except NoteBroken as broken:
        if await _lost_for_good(tlog, logs):
            raise _unfinished(logs[-1]) from None
        raise HeadUnreadable(
            f"What lies in {tlog.head.where} is no signed head: {broken}. Put the right one back from a copy"
            f" of that store; {GO_ON} head_lost`."
        ) from None


async def _lost_for_good(tlog: Tlog, logs: tuple[Log, ...]) -> bool:
    """Whether a loss of the head itself is on record, and nothing was published since."""
    loss = await tlog.record.loss()
    if loss is None or loss.head is not None or not logs:
        return False
    return await tlog.checkpoints.newest(logs[-1].origin) is None


async def _none_was_signed(tlog: Tlog, logs: tuple[Log, ...]) -> None:
    if not logs:
        return
    newest = await tlog.checkpoints.newest(logs[-1].origin)
    if newest is not None:
        raise HeadMissing(
            f"A checkpoint of {newest.size:,} positions is on record, and there is no head in"
            f" {tlog.head.where}. If it lies elsewhere, name that place in HOSO_HEAD; {GO_ON} head_lost`."
        )
    if await tlog.record.loss() is not None:
        raise _unfinished(logs[-1])


async def _log_of(tlog: Tlog, logs: tuple[Log, ...], head: Head, recorded: int) -> Log:
    """The open log, if the head is of it and no longer than it is."""
    size, origin = head.checkpoint.size, head.checkpoint.origin
    if not logs:
        raise LogShorter(
            f"The head in {tlog.head.where} was signed at position {size:,} as {origin}, and this database"
            f" knows no log of that name: it was restored from a backup made before. Put the newer database"
            f" back; {GO_ON} restored_backup`."
        )
    current = logs[-1]
    if origin != current.origin:
        loss = await tlog.record.loss()
        if loss is not None and loss.head is not None and loss.head.encode() == head.content:
            raise _unfinished(current)
        raise LogDiffers(
            f"The head in {tlog.head.where} is of the log {origin}, and this database goes on with"
            f" {current.origin}: one of them was restored from a backup. Use the database that the head"
            f" belongs to; {GO_ON} forked`."
        )
    if size > recorded:
        raise _shorter(tlog, size, recorded)
    return current


async def _is_the_newest(tlog: Tlog, log: Log, size: int) -> None:
    newest = await tlog.checkpoints.newest(log.origin)
    if newest is not None and newest.size > size:
        raise HeadOlder(
            f"The head in {tlog.head.where} was signed at position {size:,}, and a checkpoint of"
            f" {newest.size:,} is on record: that store was set back. Put the newer head back from a copy of"
            f" that store; {GO_ON} head_lost`."
        )


def _was_signed_by(keys: Sequence[VerifierKey], head: Head, tlog: Tlog) -> None:
    why = "none of its signatures is by a key on record"
    try:
        if [key for key in keys if signed_by(head.note, key, tlog.verify) is not None]:
            return
    except NoteBroken as broken:
        why = str(broken)
    raise LogDiffers(
        f"The head in {tlog.head.where} was not signed for this log: {why}. Somebody else wrote it, or the"
        f" key was named after this database was copied. Put the right one back; {GO_ON} forked`."
    )


def _not_on_record(base: Published, root: bytes) -> LogDiffers:
    return LogDiffers(
        f"The log is not the one that was published: its first {base.size:,} positions give the root"
        f" {root.hex()[:16]}, and the checkpoint of that size on record has {base.root.hex()[:16]}."
        " One of them was changed, or two histories were signed. `hoso audit` says what is sound. Use a"
        f" database in which they agree; {GO_ON} forked`."
    )


def _shorter(tlog: Tlog, size: int, recorded: int) -> LogShorter:
    return LogShorter(
        f"The log ends at position {recorded:,}, and its head in {tlog.head.where} was signed at {size:,}:"
        f" this database was restored from an older backup, or cut. Put the newer database back; {GO_ON}"
        " restored_backup`."
    )


def _unfinished(log: Log) -> RecoveryUnfinished:
    return RecoveryUnfinished(
        f"The log {log.origin} was opened after a loss, and its first head was not signed yet:"
        " finish that with `hoso tlog recover`."
    )


async def _edge_of(reader: TreeReader, base: Published) -> Edge:
    """The edge at a checkpoint on record, its last tile from the log itself; an empty one where the tiles do
    not give the checkpoint's root."""
    start = (base.size - 1) // WIDTH * WIDTH
    try:
        edge = await reader.edge(start, base.size)
        await reader.grow(edge, base.size)
    except (TileConflict, TlogUnavailable):
        return Edge()
    return edge if edge.root() == base.root else Edge()
