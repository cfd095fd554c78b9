"""Under which name and by which keys the log is signed, and from which to which size each of them signs.

Folded from the facts of one stream (`domain.log_facts`). A key signs the trees that have its own fact as a
leaf and not the fact of its withdrawal: `from_size` <= size < `until_size`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from domain import log_rules as rules
from domain.clear_text import judge_one_of
from domain.facts import Aggregate, Envelope, Fact, Recorded
from domain.log_facts import LogHistoryLost, LogKeyAdded, LogKeyWithdrawn, LogOpened
from domain.notes import ED25519, NoteBroken, VerifierKey, read_vkey
from domain.refusals import Refused

WITHDRAWAL_GROUNDS: Final = ("rotated", "lost", "exposed")
LOSS_GROUNDS: Final = ("restored_backup", "forked", "head_lost")
ORIGIN: Final = re.compile(r"[A-Za-z0-9._:/-]{1,120}")
DEMO: Final = "demo."


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key of a log. `until_size` None: it signs. `ground`: why it was withdrawn."""

    key: VerifierKey
    from_size: int
    until_size: int | None = None
    ground: str | None = None

    def signs(self, size: int) -> bool:
        """Whether a checkpoint of so many leaves is this key's to sign."""
        return self.from_size <= size and (self.until_size is None or size < self.until_size)


@dataclass(frozen=True, slots=True)
class Log:
    """One log of the ledger. `opened`, `lost`: the positions of these facts; `lost` None: it is open."""

    number: int
    origin: str
    opened: int
    keys: tuple[SigningKey, ...]
    lost: int | None = None

    def signers(self, size: int) -> tuple[VerifierKey, ...]:
        """The keys by which a checkpoint of so many leaves is signed."""
        return tuple(one.key for one in self.keys if one.signs(size))

    def signing(self) -> tuple[VerifierKey, ...]:
        """The keys that sign from now on."""
        return tuple(one.key for one in self.keys if one.until_size is None)


class LogIdentity(Aggregate):
    """The ledger's logs, the open one last. Here `from_size` and the like are versions of the stream, whose
    order is all that the decisions below look at; `logs_of` has the positions."""

    logs: tuple[Log, ...] = ()

    @property
    def open_log(self) -> Log | None:
        return self.logs[-1] if self.logs and self.logs[-1].lost is None else None

    def needed(self) -> Log:
        """The open log, or Refused."""
        if self.open_log is None:
            raise Refused(rules.OPEN)
        return self.open_log

    def next_origin(self, first: str) -> str:
        """The origin of the next log: `first`, and the first log's with a number after it from then on."""
        return numbered(self.logs[0].origin, self.next_number) if self.logs else first

    @property
    def next_number(self) -> int:
        return self.logs[-1].number + 1 if self.logs else 1

    def open(self, envelope: Envelope, *, origin: str, key: str, number: int | None = None) -> None:
        """Begin the first log, or the next one after a loss. `key`: a vkey; `number`: a larger one than the
        next where logs were opened that are not on record here."""
        if self.open_log is not None:
            raise Refused(rules.OPEN_ONCE, origin=self.open_log.origin)
        if not ORIGIN.fullmatch(origin):
            raise Refused(rules.ORIGIN_FORM, origin=origin[:200])
        if any(log.origin == origin for log in self.logs):
            raise Refused(rules.ORIGIN_NEW, origin=origin)
        self._judge_key(origin, key)
        if number is None or number < self.next_number:
            number = self.next_number
        self.record(LogOpened, envelope, number=number, origin=origin, key=key)

    def add_key(self, envelope: Envelope, *, key: str) -> None:
        """Let a further key sign the open log. `key`: a vkey."""
        log = self.needed()
        self._judge_key(log.origin, key)
        self.record(LogKeyAdded, envelope, origin=log.origin, key=key)

    def withdraw_key(self, envelope: Envelope, *, key_id: str, ground: str) -> None:
        """Let a key sign no longer."""
        judge_one_of("ground", ground, WITHDRAWAL_GROUNDS)
        log = self.needed()
        signing = {key.key_id.hex() for key in log.signing()}
        if key_id not in signing:
            raise Refused(rules.KEY_SIGNS, key_id=key_id[:40], signing=tuple(sorted(signing)))
        if signing == {key_id}:
            raise Refused(rules.KEY_LAST, key_id=key_id)
        self.record(LogKeyWithdrawn, envelope, origin=log.origin, key_id=key_id, ground=ground)

    def lose_history(
        self,
        envelope: Envelope,
        *,
        head: str | None,
        kept_size: int,
        kept_root: str,
        ground: str,
        unknown: str | None = None,
    ) -> None:
        """Say what was signed and is not here; the log ends with it. `unknown`: the origin of the head, where
        this database knows no log at all."""
        judge_one_of("ground", ground, LOSS_GROUNDS)
        origin = unknown if unknown is not None and not self.logs else self.needed().origin
        values: dict[str, Any] = {"head": head, "kept_size": kept_size, "kept_root": kept_root}
        self.record(LogHistoryLost, envelope, origin=origin, ground=ground, **values)

    def apply(self, fact: Fact) -> None:
        self.logs = _after(self.logs, fact, fact.originator_version)

    def _judge_key(self, origin: str, text: str) -> None:
        try:
            key = read_vkey(text)
        except NoteBroken:
            raise Refused(rules.KEY_FORM, key=text[:200]) from None
        if key.algorithm != ED25519 or key.name != origin or str(key) != text:
            raise Refused(rules.KEY_FORM, key=text[:200], origin=origin)
        known = (one.key for log in self.logs for one in log.keys)
        if any(one.key_id == key.key_id or one.public_key == key.public_key for one in known):
            raise Refused(rules.KEY_ONCE, key_id=key.key_id.hex())


def logs_of(recorded: Iterable[Recorded[Any]]) -> tuple[Log, ...]:
    """The ledger's logs as these facts of the stream say it, in their order, with the log's positions."""
    logs: tuple[Log, ...] = ()
    for one in recorded:
        logs = _after(logs, one.fact, one.position)
    return logs


def numbered(first: str, number: int) -> str:
    """The origin of a ledger's `number`-th log, by that of the first one."""
    return first if number == 1 else f"{first}/{number}"


def number_of(origin: str, first: str) -> int | None:
    """The number that an origin says, or None for what is no log of this ledger."""
    if origin == first:
        return 1
    base, _, number = origin.rpartition("/")
    return int(number) if base == first and re.fullmatch(r"[1-9][0-9]{0,8}", number) else None


def demo_origin(origin: str) -> str:
    """As the log of a demo ledger is called, so that nobody takes its proofs for real ones."""
    return origin if origin.startswith(DEMO) else DEMO + origin


def _after(logs: tuple[Log, ...], fact: Fact, at: int) -> tuple[Log, ...]:
    """The logs after this fact, recorded `at`."""
    if isinstance(fact, LogOpened):
        key = SigningKey(read_vkey(fact.key), at)
        return (*logs, Log(fact.number, fact.origin, at, (key,)))
    if not logs:  # lost was a log that this database never knew
        return logs
    *before, log = logs
    if isinstance(fact, LogKeyAdded):
        log = replace(log, keys=(*log.keys, SigningKey(read_vkey(fact.key), at)))
    elif isinstance(fact, LogKeyWithdrawn):
        log = replace(log, keys=tuple(_withdrawn(one, fact, at) for one in log.keys))
    elif isinstance(fact, LogHistoryLost):
        ended = (replace(one, until_size=at) if one.until_size is None else one for one in log.keys)
        log = replace(log, keys=tuple(ended), lost=at)
    return (*before, log)


def _withdrawn(one: SigningKey, fact: LogKeyWithdrawn, at: int) -> SigningKey:
    if one.key.key_id.hex() != fact.key_id:
        return one
    return replace(one, until_size=at, ground=fact.ground)
