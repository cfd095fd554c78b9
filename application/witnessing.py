"""What a witness decides: it cosigns that a log only ever grew, and says why where it does not.

Everything is judged and kept within one turn of its state: nobody else's turn lies between looking at what
was cosigned last and recording what is cosigned now, and an answer is given only after that is durable.
A refused checkpoint that its log validly signed is kept: beside the one cosigned it may be proof that the
log shows different histories to different people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from domain.notes import (
    Checkpoint,
    Note,
    NoteBroken,
    Signature,
    VerifierKey,
    Verify,
    cosignature,
    cosigned_message,
    read_note,
    signed_by,
)
from domain.tree_proofs import ProofBroken, check_consistency
from domain.witness_protocol import Submission, read_submission, size_answer


class Verdict(StrEnum):
    """What came of a submission."""

    COSIGNED = "cosigned"
    MALFORMED = "malformed"
    UNKNOWN_LOG = "unknown_log"
    NOT_SIGNED = "not_signed"
    OTHER_SIZE = "other_size"
    INCONSISTENT = "inconsistent"
    CLOCK_BEHIND = "clock_behind"


class Misbehaviour(StrEnum):
    """Why a validly signed checkpoint was kept. The first two prove by themselves that the log lied; the
    third is a question to the log: whoever sent it may have broken the proof."""

    OTHER_ROOT = "same_size_other_root"
    EMPTY_ROOT = "empty_tree_other_root"
    NOT_PROVED = "proof_does_not_hold"


@dataclass(frozen=True, slots=True)
class Answer:
    """`text`: cosignature lines, a size, or why not. `retry_after`: seconds, where waiting helps."""

    verdict: Verdict
    text: str
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest checkpoint that was cosigned of a log. `note`: with the log's signatures that were verified
    and our cosignatures; `cosigned_at`: POSIX time in seconds."""

    origin: str
    size: int
    root: bytes
    note: str
    cosigned_at: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A refused submission with the log's verified signatures only, and what was cosigned then, or ''."""

    kind: Misbehaviour
    origin: str
    refused: str
    cosigned: str
    seen_at: int


class Turn(Protocol):
    """The state while nobody else changes it."""

    def trusted(self, origin: str) -> Sequence[VerifierKey]: ...

    def latest(self, origin: str) -> Latest | None: ...

    def last_time(self) -> int:
        """The newest time that this witness ever signed, of any log; 0 before the first."""
        ...

    def advance(self, latest: Latest) -> None: ...

    def keep(self, evidence: Evidence) -> None:
        """Bounded in number; the same again is only counted."""
        ...


class WitnessState(Protocol):
    def turn(self) -> AbstractContextManager[Turn]:
        """Durable when it is left without an error, undone otherwise. Raises StateBroken."""
        ...


class StateBroken(Exception):
    """The state cannot be read or written now; the text says where and what to do."""


class WitnessSigner(Protocol):
    def keys(self) -> Sequence[VerifierKey]: ...

    def sign(self, key: VerifierKey, message: bytes) -> bytes: ...


class _Refusing(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.text)
        self.answer = answer


def _refuse(verdict: Verdict, text: str, retry_after: int | None = None) -> _Refusing:
    return _Refusing(Answer(verdict, text, retry_after))


class Witnessing:
    """One witness. `clock`: POSIX time in seconds."""

    def __init__(
        self, state: WitnessState, signer: WitnessSigner, verify: Verify, clock: Callable[[], float]
    ) -> None:
        self._state, self._signer, self._verify, self._clock = state, signer, verify, clock

    def add_checkpoint(self, body: bytes) -> Answer:
        """Judge one submission. What is cosigned or kept is durable when this returns. Raises StateBroken."""
        try:
            submitted = read_submission(body)
        except NoteBroken as error:
            return Answer(Verdict.MALFORMED, f"This is no submission of a checkpoint: {error}.")
        with self._state.turn() as turn:
            try:
                return self._judge(turn, submitted)
            except _Refusing as refusing:
                return refusing.answer

    def _judge(self, turn: Turn, submitted: Submission) -> Answer:
        found = submitted.checkpoint
        signatures = self._of_the_log(turn.trusted(found.origin), submitted)
        if submitted.old_size > found.size:
            text = f"The old size {submitted.old_size} is larger than the checkpoint's, {found.size}."
            raise _refuse(Verdict.MALFORMED, text)
        latest = turn.latest(found.origin)
        signed = Submission(submitted.old_size, submitted.proof, Note(submitted.note.text, signatures), found)
        now = int(self._clock())
        if submitted.old_size != (latest.size if latest else 0):
            if latest and found.size == latest.size and found.root != latest.root:
                turn.keep(_evidence(Misbehaviour.OTHER_ROOT, signed, latest, now))
            raise _refuse(Verdict.OTHER_SIZE, size_answer(latest.size if latest else 0))
        _check_growth(turn, signed, latest, now)
        if now < (last := turn.last_time()):
            raise _refuse(Verdict.CLOCK_BEHIND, _clock_text(last - now), last - now)
        return Answer(Verdict.COSIGNED, self._cosign(turn, signed, latest, now))

    def _of_the_log(self, trusted: Sequence[VerifierKey], submitted: Submission) -> tuple[Signature, ...]:
        """Its good signatures by keys that are trusted, each once."""
        origin = submitted.checkpoint.origin
        if not trusted:
            raise _refuse(Verdict.UNKNOWN_LOG, f"The log {origin[:200]} is not known to this witness.")
        good: dict[VerifierKey, Signature] = {}
        for key in trusted:
            for line in submitted.note.signatures:
                try:
                    found = signed_by(Note(submitted.note.text, (line,)), key, self._verify)
                except NoteBroken as error:
                    raise _refuse(Verdict.NOT_SIGNED, f"{error}.") from None
                if found:
                    good.setdefault(key, found)
        if not good:
            text = f"No key that this witness trusts for {origin[:200]} has signed the checkpoint."
            raise _refuse(Verdict.NOT_SIGNED, text)
        return tuple(good.values())

    def _cosign(self, turn: Turn, signed: Submission, latest: Latest | None, now: int) -> str:
        keys = self._signer.keys()
        if latest and latest.cosigned_at == now and (there := _cosigned_lines(latest, signed, keys)):
            return there  # asked again within the second: the same answer, and nothing to write
        checkpoint = signed.checkpoint
        made = []
        for key in keys:
            message = cosigned_message(key, checkpoint, now)
            made.append(cosignature(key, now, self._signer.sign(key, message)))
        note = signed.note.signed_by(made)
        turn.advance(Latest(checkpoint.origin, checkpoint.size, checkpoint.root, str(note), now))
        return "".join(f"{line}\n" for line in made)


def _check_growth(turn: Turn, signed: Submission, latest: Latest | None, now: int) -> None:
    """Whether the checkpoint goes on from what was cosigned last, which has the submission's old size."""
    found = signed.checkpoint
    empty = Checkpoint(found.origin, 0, _EMPTY_ROOT)
    if found.size == 0 and found.root != empty.root:
        turn.keep(_evidence(Misbehaviour.EMPTY_ROOT, signed, latest, now))
        raise _refuse(Verdict.INCONSISTENT, "The root of an empty tree is the hash of nothing.")
    if latest and found.size == latest.size and found.root != latest.root:
        turn.keep(_evidence(Misbehaviour.OTHER_ROOT, signed, latest, now))
        text = f"This witness has cosigned the size {found.size} with another root: the log has forked."
        raise _refuse(Verdict.INCONSISTENT, text)
    old_root = latest.root if latest else empty.root
    try:
        check_consistency(signed.old_size, found.size, old_root, found.root, signed.proof)
    except ProofBroken as error:
        if 0 < signed.old_size < found.size:
            turn.keep(_evidence(Misbehaviour.NOT_PROVED, signed, latest, now))
        raise _refuse(Verdict.INCONSISTENT, f"The proof does not hold: {error}.") from None


_EMPTY_ROOT = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")


def _cosigned_lines(latest: Latest, signed: Submission, keys: Sequence[VerifierKey]) -> str | None:
    """The lines given for this very checkpoint, if they are by the keys of today."""
    note = read_note(latest.note.encode())
    if note.text != signed.note.text:
        return None
    by_key = {(line.name, line.key_id): line for line in note.signatures}
    ours = [by_key.get((key.name, key.key_id)) for key in keys]
    return "".join(f"{line}\n" for line in ours) if None not in ours else None


def _evidence(kind: Misbehaviour, signed: Submission, latest: Latest | None, now: int) -> Evidence:
    return Evidence(kind, signed.checkpoint.origin, str(signed), latest.note if latest else "", now)


def _clock_text(seconds: int) -> str:
    return (
        f"This witness's clock is {seconds} s behind the last time that it signed, so it signs nothing. "
        "Its operator has to set the clock right."
    )
