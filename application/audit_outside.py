"""The audit of what is kept outside the database: the signed head, which is the newest checkpoint or ahead of
it, and what each witness cosigned last. Both have to be of this history.

A head store that cannot be read is a finding; a witness that does not answer is said, since others may stop
it.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from application.audit_evidence import Evidence, Seen
from application.audit_findings import Findings
from application.audit_logs import KnownLogs
from application.audit_published import PUBLISHED
from application.audit_signatures import checkpoint_of, signer_of
from application.audit_tree import TreeAuditor
from application.ports import LedgerError, Unavailable
from application.tlog_ports import TlogUnavailable
from domain.log_identity import Log
from domain.notes import Checkpoint, NoteBroken

AT_ONCE: Final = 10_000
FIRST: Final = 1
"""The number of a ledger's first log."""
WITNESS_SECONDS: Final = 20.0


class _Shorter(Exception):
    """The log ends before the size whose root is asked for."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the log has {size} events")
        self.size = size


async def check_nothing_signed(evidence: Evidence, findings: Findings) -> None:
    """Of a ledger on whose record no log is open: what was signed all the same is of facts that are gone."""
    head = evidence.head
    try:
        content = await head.read()
    except TlogUnavailable as problem:
        findings.add("head", f"the head was not looked at: {problem}")
        return
    if content is not None:
        says = f"the head {head.where} is there, and no log is open on record"
        findings.add("head", f"{says}: the facts that opened it were removed, or this is another ledger")
    with suppress(TlogUnavailable):  # without a log nobody needs the store
        if await evidence.tiles(FIRST).get(PUBLISHED) is not None:
            says = "a checkpoint is published beside the tiles, and no log is open on record"
            findings.add("published", says, where={"path": PUBLISHED})


@dataclass(slots=True)
class OutsideAuditor:
    """`log`: the one that is open, of these; `said`: what the auditor has to know and is no finding."""

    evidence: Evidence
    logs: KnownLogs
    log: Log
    findings: Findings
    said: list[str] = field(default_factory=list)
    _seen: list[tuple[str, Checkpoint]] = field(default_factory=list)

    async def ask_witnesses(self) -> list[int]:
        """What they cosigned last; the sizes at which the root is needed."""
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(self._ask(witness)) for witness in self.evidence.witnesses]
        for witness, task in zip(self.evidence.witnesses, asked, strict=True):
            if (content := task.result()) is not None:
                self._read(witness.name, content)
        return [checkpoint.size for _, checkpoint in self._seen]

    async def _ask(self, witness: Seen) -> bytes | None:
        try:
            async with asyncio.timeout(WITNESS_SECONDS):
                content = await witness.latest(self.log.origin)
        except (TlogUnavailable, TimeoutError) as problem:
            self.said.append(f"the witness {witness.name} was not asked: {problem or 'it does not answer'}")
            return None
        if content is None:
            self.said.append(f"the witness {witness.name} has cosigned nothing of this log")
        return content

    def _read(self, name: str, content: bytes) -> None:
        try:
            note, checkpoint = checkpoint_of(content)
        except NoteBroken as problem:
            self._says("witness", f"what the witness {name} shows is no checkpoint: {problem}")
            return
        if checkpoint.origin != self.log.origin:
            self._says("witness", f"the witness {name} shows {checkpoint.origin} for {self.log.origin}")
        elif signer_of(note, self.logs.keys_of(self.log.origin), self.evidence.verify) is None:
            says = f"the witness {name} shows a checkpoint of size {checkpoint.size}"
            self._says("witness", f"{says} that no key on record signed", checkpoint)
        else:
            self._seen.append((name, checkpoint))

    async def finish(self, tree: TreeAuditor, newest: int) -> None:
        """Once the tree is made: compare. `newest`: the size of the newest checkpoint on record."""
        for name, checkpoint in self._seen:
            await self._of_this_history("witness", f"the witness {name} cosigned", tree, checkpoint)
        await self._head(tree, newest)

    async def _head(self, tree: TreeAuditor, newest: int) -> None:
        where = self.evidence.head.where
        try:
            content = await self.evidence.head.read()
        except TlogUnavailable as problem:
            self._says("head", f"the head was not looked at: {problem}")
            return
        if content is None:
            if newest:
                says = f"{where} is not there, and a checkpoint of size {newest} is on record"
                self._says("head", f"the head {says}: the head store was emptied, or is another one")
            return
        try:
            note, head = checkpoint_of(content)
        except NoteBroken as problem:
            self._says("head", f"the head {where} is no checkpoint: {problem}")
            return
        if head.origin != self.log.origin:
            says = f"the head {where} is of {head.origin}; the log that is open is {self.log.origin}"
            self._says("head", says, head)
            return
        if signer_of(note, self.logs.keys_of(self.log.origin), self.evidence.verify) is None:
            self._says(
                "head", f"the head {where} is signed by no key on record, or its signature is bad", head
            )
        if head.size < newest:
            says = f"the head {where} is of size {head.size}, and a checkpoint of {newest} is on record"
            self._says("head", f"{says}: the store was put back", head, expected=f"at least {newest}")
        await self._of_this_history("head", f"the head {where} is", tree, head)

    async def _of_this_history(self, kind: str, what: str, tree: TreeAuditor, seen: Checkpoint) -> None:
        try:
            root = await self._root(tree, seen.size)
        except _Shorter as shorter:
            says = f"{what} a checkpoint of {seen.size} events; {shorter}: its end was cut, or an older copy"
            self._says(kind, f"{says} was put back", seen, expected=f"at most {shorter.size}")
            return
        if root is None:
            self.said.append(f"{what} a checkpoint of size {seen.size}, which was not compared")
        elif root != seen.root:
            says = f"{what} a checkpoint of size {seen.size} with the root {seen.root.hex()}"
            expected, found = root.hex(), seen.root.hex()
            self._says(kind, f"{says}; the log gives {expected}", seen, expected=expected, found=found)

    async def _root(self, tree: TreeAuditor, size: int) -> bytes | None:
        """At a size at which the pass was asked for it, or one after the newest checkpoint: the log may have
        gone on since the snapshot."""
        if size in tree.roots:
            return tree.roots[size]
        if tree.attested is None or size < tree.attested.size:
            return None
        frontier, leaves_after = tree.attested.copy(), self.evidence.leaves.leaves_after
        while frontier.size < size:
            try:
                leaves = await leaves_after(frontier.size, min(AT_ONCE, size - frontier.size))
            except Unavailable:
                raise
            except LedgerError:  # a hole, which the pass by position names
                return None
            if not leaves:
                raise _Shorter(frontier.size)
            frontier.add(leaves)
        return frontier.root()

    def _says(self, kind: str, sentence: str, of: Checkpoint | None = None, **more: str) -> None:
        where = {} if of is None else {"origin": of.origin, "size": of.size, "found": of.root.hex()}
        self.findings.add(kind, sentence, position=of.size if of else None, where={**where, **more})
