"""The signatures under a checkpoint on record: the log's own, by the keys that signed then, and those of
witnesses, by the keys of the policy where there is one.

Nothing under a note may be there unaccounted for: a line is a good signature of a key on record, or a
cosignature that is good, or equal to one that is on record beside the note (of a witness whose key is not
known here, which is counted and not verified).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from application.audit_findings import Findings
from application.tlog_rows import CheckpointRow, CosignatureRow
from domain.log_identity import SigningKey
from domain.notes import (
    Checkpoint,
    Note,
    NoteBroken,
    Signature,
    VerifierKey,
    Verify,
    cosigned_at,
    read_checkpoint,
    read_note,
    read_signature,
    signed_by,
)


class SignatureAuditor:
    """`witnesses`: the keys of the policy, none where there is no policy. `good`, `cosigned`, `counted`: how
    many signatures of the log, cosignatures verified, and cosignatures of keys not known here."""

    def __init__(self, verify: Verify, witnesses: Iterable[VerifierKey], findings: Findings) -> None:
        self._verify = verify
        self._witnesses = {(key.name, key.key_id): key for key in witnesses}
        self._findings = findings
        self.good = 0
        self.cosigned = 0
        self.counted = 0

    def judge(self, row: CheckpointRow, keys: Sequence[SigningKey], claimed: Checkpoint) -> None:
        """`keys`: of its log; `claimed`: what the row says."""
        note = self._note(row, claimed)
        signed = self._own(row, keys, note, claimed) if note else claimed.text()
        read = [(line, signature) for line in row.cosignatures if (signature := self._line(row, line))]
        lines = {signature for _, signature in read}
        if note is not None:
            own = {(known.key.name, known.key.key_id) for known in keys}
            others = [one for one in note.signatures if (one.name, one.key_id) not in own]
            self._once(row, note)
            lines.update(others)
            self._accounted(row, others, {signature for _, signature in read})
        for line in sorted(lines, key=str):
            self._cosigned(row, line, signed)

    def _note(self, row: CheckpointRow, claimed: Checkpoint) -> Note | None:
        try:
            note = read_note(row.note.encode())
        except NoteBroken as problem:
            self._says("checkpoint", row, f"has a note that cannot be read: {problem}")
            return None
        if note.text != claimed.text():
            expected, found = _first_different(claimed.text(), note.text)
            says = f"has a note that says {found!r} where its row says {expected!r}"
            self._says("checkpoint", row, says, expected=expected, found=found)
        return note

    def _own(
        self, row: CheckpointRow, keys: Sequence[SigningKey], note: Note, claimed: Checkpoint
    ) -> str | None:
        """The text that a key on record signed: the note's, or else the row's; None where neither was."""
        signed: str | None = None
        other_time = False
        for known in keys:
            there = any(
                (one.name, one.key_id) == (known.key.name, known.key.key_id) for one in note.signatures
            )
            if not there:
                continue
            if self._signed_by(known.key, note):
                self.good += 1
                if known.signs(row.size):
                    signed = note.text
                else:
                    other_time = True
                continue
            said = f"the signature of {known.key.name}+{known.key.key_id.hex()}"
            if self._signed_by(known.key, Note(claimed.text(), note.signatures)):
                signed = signed or claimed.text()
                self._says("signature", row, f"has {said}, which fits its row and not its note")
            else:
                self._says("signature", row, f"has {said}, which is not good")
        if signed is None:
            says = "has no good signature of a key that signed then"
            if other_time:
                says = "is signed by a key alone that was not named yet, or withdrawn before"
            self._says("signature", row, says)
            return note.text if other_time else None
        return signed

    def _signed_by(self, key: VerifierKey, note: Note) -> bool:
        try:
            return signed_by(note, key, self._verify) is not None
        except NoteBroken:
            return False

    def _line(self, row: CheckpointRow, cosignature: CosignatureRow) -> Signature | None:
        """A cosignature on record, as its line has it."""
        of = f"has a cosignature of {cosignature.witness}"
        try:
            signature = read_signature(cosignature.line)
        except NoteBroken as problem:
            self._says("cosignature", row, f"{of} that cannot be read: {problem}")
            return None
        at = _instant(signature)
        wrong = [
            f"{name} is {found} where its line has {expected}"
            for name, found, expected in (
                ("the witness", cosignature.witness, signature.name),
                ("the key", cosignature.key_id.hex(), signature.key_id.hex()),
                ("the time", cosignature.cosigned_at, at),
            )
            if found != expected
        ]
        if wrong:
            self._says("cosignature", row, f"{of}: {', '.join(wrong)}")
        return signature

    def _once(self, row: CheckpointRow, note: Note) -> None:
        for (name, key_id), count in Counter((one.name, one.key_id) for one in note.signatures).items():
            if count > 1:
                self._says("signature", row, f"has {count} signatures of {name}+{key_id.hex()}")

    def _accounted(self, row: CheckpointRow, others: Sequence[Signature], on_record: set[Signature]) -> None:
        for signature in others:
            if (signature.name, signature.key_id) in self._witnesses or signature in on_record:
                continue
            who = f"{signature.name}+{signature.key_id.hex()}"
            says = f"has a signature of {who}, which is neither a key of this log nor a witness on record"
            self._says("signature", row, says)

    def _cosigned(self, row: CheckpointRow, signature: Signature, signed: str | None) -> None:
        key = self._witnesses.get((signature.name, signature.key_id))
        if key is None or signed is None:
            self.counted += 1
        elif self._signed_by(key, Note(signed, (signature,))):
            self.cosigned += 1
        else:
            who = f"{signature.name}+{signature.key_id.hex()}"
            self._says("cosignature", row, f"has a cosignature of {who} that is not good")

    def _says(self, kind: str, row: CheckpointRow, what: str, **more: Any) -> None:
        says = f"the checkpoint of size {row.size} of {row.origin} {what}"
        where = {"origin": row.origin, "size": row.size, **more}
        self._findings.add(kind, says, position=row.size, where=where)

    def state(self) -> list[int]:
        return [self.good, self.cosigned, self.counted]

    def resumed(self, state: Sequence[int]) -> None:
        self.good, self.cosigned, self.counted = state


def signer_of(note: Note, keys: Iterable[SigningKey], verify: Verify) -> VerifierKey | None:
    """A key on record that signs checkpoints of its size and did, or None. Raises NoteBroken for a note that
    is no checkpoint."""
    size = read_checkpoint(note.text).size
    for known in keys:
        try:
            if known.signs(size) and signed_by(note, known.key, verify) is not None:
                return known.key
        except NoteBroken:
            continue
    return None


def checkpoint_of(content: bytes) -> tuple[Note, Checkpoint]:
    """Raises NoteBroken."""
    note = read_note(content)
    return note, read_checkpoint(note.text)


def _instant(signature: Signature) -> datetime | None:
    try:
        return datetime.fromtimestamp(cosigned_at(signature), UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _first_different(expected: str, found: str) -> tuple[str, str]:
    """The first line in which two texts differ."""
    one, other = expected.split("\n"), found.split("\n")
    for left, right in zip(one, other, strict=False):
        if left != right:
            return left, right
    return f"{len(one)} lines", f"{len(other)} lines"
