"""Whom the checker of a proof trusts, and whether such a one signed its checkpoint: keys one by one, or a
policy's file with a quorum of witnesses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from application.proof_file import Unproven
from application.refusals import BadRequest
from domain.notes import (
    COSIGNATURES,
    Checkpoint,
    Note,
    NoteBroken,
    Signature,
    VerifierKey,
    Verify,
    cosigned_at,
    read_vkey,
    signed_by,
)
from domain.trust_policy import NONE, PolicyBroken, TrustPolicy, read_policy

LOG, WITNESS, UNKNOWN = "log", "witness", "unknown"


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom the caller trusts. `keys`: of logs and witnesses, one by one; `policy`: a file of logs, witnesses
    and their quorum; `sizes`: of a log's key that signs not every size, the first one, and the first one not
    (None: it still signs)."""

    keys: tuple[VerifierKey, ...] = ()
    policy: TrustPolicy | None = None
    sizes: Mapping[VerifierKey, tuple[int, int | None]] = field(default_factory=dict)

    def of_log(self, origin: str, size: int) -> tuple[VerifierKey, ...]:
        """The keys that may sign for this log when it has so many leaves."""
        named = tuple(key for key in self.keys if key.algorithm not in COSIGNATURES and key.name == origin)
        named += self.policy.keys_of(origin) if self.policy else ()
        return tuple(key for key in named if self._signs(key, size))

    def _signs(self, key: VerifierKey, size: int) -> bool:
        since, until = self.sizes.get(key, (0, None))
        return since <= size and (until is None or size < until)

    def witnesses(self) -> tuple[VerifierKey, ...]:
        named = tuple(key for key in self.keys if key.algorithm in COSIGNATURES)
        return named + tuple(witness.key for witness in (self.policy.witnesses if self.policy else ()))

    @property
    def logs(self) -> bool:
        """Whether any log is trusted."""
        named = any(key.algorithm not in COSIGNATURES for key in self.keys)
        return named or bool(self.policy and self.policy.logs)


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature of the checkpoint. `by`: LOG or WITNESS where the caller trusts the key and it is good,
    UNKNOWN where nothing is known of the key; `at`: when a witness signed, aware, UTC."""

    name: str
    key_id: str
    by: str
    at: datetime | None = None


def trust_of(keys: Iterable[str], policy: bytes | None = None, documents: Iterable[bytes] = ()) -> Trust:
    """Whom these vkeys, this policy's content and these answers of `/tlog/key` name. Raises BadRequest
    (bad_key, bad_policy)."""
    sizes: dict[VerifierKey, tuple[int, int | None]] = {}
    try:
        for key, signs in (pair for document in documents for pair in _sizes(document).items()):
            sizes[key] = _both(sizes.get(key, (0, None)), signs)
        known = (*(read_vkey(key) for key in keys), *sizes)
    except NoteBroken as broken:
        raise BadRequest("bad_key", f"this is no key as a log or a witness gives it: {broken}") from None
    try:
        return Trust(known, None if policy is None else read_policy(policy), sizes)
    except PolicyBroken as broken:
        raise BadRequest("bad_policy", f"this is no policy: {broken}") from None


def _sizes(document: bytes) -> dict[VerifierKey, tuple[int, int | None]]:
    """The keys of `/tlog/key`, with what each signs. Raises NoteBroken."""
    try:
        listed = [one for log in json.loads(document)["logs"] for one in log["keys"]]
        found = {read_vkey(one["key"]): (one["from_size"], one["until_size"]) for one in listed}
        if all(type(a) is int and (b is None or type(b) is int) for a, b in found.values()):
            return found
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass
    raise NoteBroken("the file is JSON and not what /tlog/key answers") from None


def _both(one: tuple[int, int | None], other: tuple[int, int | None]) -> tuple[int, int | None]:
    """The sizes that both answers name for a key: an older answer does not know that it was withdrawn."""
    ends = [until for _, until in (one, other) if until is not None]
    return max(one[0], other[0]), min(ends, default=None)


def signatures_of(note: Note, checkpoint: Checkpoint, trust: Trust, check: Verify) -> tuple[Signed, ...]:
    """What the caller may think of each signature line. Raises Unproven (bad_signature) for one of a trusted
    key that is not good."""
    named = [(signature.name, signature.key_id) for signature in note.signatures]
    if len(set(named)) != len(named):
        raise Unproven("bad_signature", "a signature of one key stands twice")
    known: dict[Signature, str] = {}
    for by, keys in ((LOG, trust.of_log(checkpoint.origin, checkpoint.size)), (WITNESS, trust.witnesses())):
        for key in keys:
            try:
                good = signed_by(note, key, check)
            except NoteBroken as broken:
                raise Unproven("bad_signature", str(broken)) from None
            if good is not None:
                known[good] = by
    return tuple(_signed(signature, known.get(signature, UNKNOWN)) for signature in note.signatures)


def _signed(signature: Signature, by: str) -> Signed:
    at = None
    if by == WITNESS:
        try:
            at = datetime.fromtimestamp(cosigned_at(signature), UTC)
        except (OverflowError, ValueError, OSError):
            at = None  # beyond the year 9999: said by the witness, of no use to anybody
    return Signed(signature.name, signature.key_id.hex(), by, at)


def quorum_of(note: Note, signed: Sequence[Signed], trust: Trust) -> bool | None:
    """Whether the policy's witnesses are enough; None where none asks for any."""
    if trust.policy is None or trust.policy.quorum == NONE:
        return None
    good = {(one.name, one.key_id) for one in signed if one.by == WITNESS}
    keys = [key for key in trust.witnesses() if (key.name, key.key_id.hex()) in good]
    return trust.policy.reached(keys)


def must_be_trusted(
    checkpoint: Checkpoint, signed: Sequence[Signed], quorum: bool | None, trust: Trust
) -> None:
    """Raises Unproven (no_trust, untrusted, no_quorum)."""
    if not trust.logs:
        raise Unproven(
            "no_trust",
            "it holds together, but nothing was said to be trusted: any log could have signed it. Get the "
            f"key of {checkpoint.origin} from the agency's publication or its address /tlog/key",
        )
    if not any(one.by == LOG for one in signed):
        signers = ", ".join(f"{one.name}+{one.key_id}" for one in signed)
        raise Unproven(
            "untrusted", f"no trusted key signed for {checkpoint.origin} at this size; these did: {signers}"
        )
    if quorum is False:
        there = sum(one.by == WITNESS for one in signed)
        raise Unproven("no_quorum", f"{there} of the policy's witnesses cosigned it, which is no quorum")
