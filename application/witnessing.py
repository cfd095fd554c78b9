"""What a witness decides: it cosigns that a log only ever grew, and says why where it does not.

Everything is judged and kept within one turn of its state: nobody else's turn lies between looking at what
was cosigned last and recording what is cosigned now, and an answer is given only after that is durable.
A refused checkpoint that its log validly signed is kept: beside the one cosigned it may be proof that the
log shows different histories to different people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from application.witness_ports import Evidence, Latest, Misbehaviour, Turn, WitnessSigner, WitnessState
from domain.notes import (
    Note,
    NoteBroken,
    Signature,
    VerifierKey,
    Verify,
    cosignature,
    cosigned_message,
    read_note,
    read_vkey,
    signed_by,
)
from domain.tree_proofs import ProofBroken, check_consistency
from domain.witness_protocol import (
    MOST_BODY_BYTES,
    MOST_NAME_BYTES,
    SIZE_TYPE,
    Submission,
    origin_hash,
    read_submission,
    size_answer,
)

__all__ = ["MOST_BODY_BYTES", "SIZE_TYPE", "Answer", "Verdict", "Witnessing", "origin_hash"]

EMPTY_ROOT = sha256().digest()


class Verdict(StrEnum):
    """What came of a submission."""

    COSIGNED = "cosigned"
    MALFORMED = "malformed"
    UNKNOWN_LOG = "unknown_log"
    NOT_SIGNED = "not_signed"
    OTHER_SIZE = "other_size"
    INCONSISTENT = "inconsistent"
    CLOCK_BEHIND = "clock_behind"


@dataclass(frozen=True, slots=True)
class Answer:
    """`text`: cosignature lines, a size, or why not. `retry_after`: seconds, where waiting helps."""

    verdict: Verdict
    text: str
    retry_after: int | None = None


class KeyRefused(Exception):
    """A log's key that a witness cannot trust; the text says why and what to do."""


def key_to_trust(vkey: str, own: Sequence[VerifierKey]) -> VerifierKey:
    """The key as it was written. Raises KeyRefused."""
    try:
        key = read_vkey(vkey)
    except NoteBroken as error:
        raise KeyRefused(f"This is no log's key: {error}. Copy it whole, as its operator gave it.") from None
    if len(key.name.encode()) > MOST_NAME_BYTES:
        raise KeyRefused(f"The log's name is longer than {MOST_NAME_BYTES} bytes.")
    if any(key.public_key == ours.public_key for ours in own):
        raise KeyRefused("This is the witness's own key. Trust the key of the log.")
    return key


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

    def keys(self) -> Sequence[VerifierKey]:
        """By which it cosigns."""
        return self._signer.keys()

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
    if found.size == 0 and found.root != EMPTY_ROOT:
        turn.keep(_evidence(Misbehaviour.EMPTY_ROOT, signed, latest, now))
        raise _refuse(Verdict.INCONSISTENT, "The root of an empty tree is the hash of nothing.")
    if latest and found.size == latest.size and found.root != latest.root:
        turn.keep(_evidence(Misbehaviour.OTHER_ROOT, signed, latest, now))
        text = f"This witness has cosigned the size {found.size} with another root: the log has forked."
        raise _refuse(Verdict.INCONSISTENT, text)
    old_root = latest.root if latest else EMPTY_ROOT
    try:
        check_consistency(signed.old_size, found.size, old_root, found.root, signed.proof)
    except ProofBroken as error:
        if 0 < signed.old_size < found.size:
            turn.keep(_evidence(Misbehaviour.NOT_PROVED, signed, latest, now))
        raise _refuse(Verdict.INCONSISTENT, f"The proof does not hold: {error}.") from None


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
