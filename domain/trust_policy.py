"""Whom one trusts (C2SP tlog-policy): which logs, which witnesses, and how many of them make a quorum.

Read strictly, since a reader that guesses trusts somebody else than the file's author meant: every line is
understood whole or the file is refused with the line's number. Names are opaque: no two spellings are one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from domain.notes import COSIGNATURES, NoteBroken, VerifierKey, read_vkey

NONE = "none"
MOST_BYTES = 1024 * 1024
MOST_OF_A_KIND = 256
_ALLOWED = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_BETWEEN = re.compile(r"[\t ]+")
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


class PolicyBroken(ValueError):
    """A file that is no policy. `line`: where, from 1."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(f"line {line}: {text}")
        self.line = line


@dataclass(frozen=True, slots=True)
class TrustedLog:
    """A log; its key's name is its origin."""

    key: VerifierKey
    url: str | None
    line: int


@dataclass(frozen=True, slots=True)
class TrustedWitness:
    """A witness by the file's name for it. `url`: its submission prefix."""

    name: str
    key: VerifierKey
    url: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Group:
    """Has witnessed what at least `least` of its members (witnesses or earlier groups) have."""

    name: str
    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """`quorum`: the witness or group whose word is needed, or `none`."""

    logs: tuple[TrustedLog, ...]
    witnesses: tuple[TrustedWitness, ...]
    groups: tuple[Group, ...]
    quorum: str

    def reached(self, cosigned: Collection[VerifierKey]) -> bool:
        """Whether good cosignatures by these keys are the quorum."""
        if self.quorum == NONE:
            return True
        have = {witness.name for witness in self.witnesses if witness.key in cosigned}
        for group in self.groups:  # each names earlier ones only
            if sum(member in have for member in group.members) >= group.least:
                have.add(group.name)
        return self.quorum in have

    def names(self, origin: str, key_ids: Collection[bytes]) -> bool:
        """Whether a checkpoint of this origin, signed by the keys with these ids, is of a log that it names;
        a policy that names no log leaves that open."""
        return not self.logs or any(key.key_id in key_ids for key in self.keys_of(origin))

    def keys_of(self, origin: str) -> tuple[VerifierKey, ...]:
        """The keys of this log."""
        return tuple(log.key for log in self.logs if log.key.name == origin)


def read_policy(content: bytes) -> TrustPolicy:
    """Raises PolicyBroken."""
    return _Reading().read(content)


class _Reading:
    """What was read so far."""

    def __init__(self) -> None:
        self.logs: list[TrustedLog] = []
        self.witnesses: list[TrustedWitness] = []
        self.groups: list[Group] = []
        self.quorum: str | None = None
        self.defined: set[str] = set()
        self.members: set[str] = set()
        self.line = 0

    def read(self, content: bytes) -> TrustPolicy:
        for number, items in self._lines(content):
            self.line = number
            match items:
                case ["log", vkey, *url] if len(url) < 2:
                    self._log(vkey, url)
                case ["witness", name, vkey, *url] if len(url) < 2:
                    self._witness(name, vkey, url)
                case ["group", name, least, *members]:
                    self._group(name, least, members)
                case ["quorum", name]:
                    self._quorum(name)
                case [word, *_]:
                    raise self._broken(
                        f"{_shown(word)} begins no line as a policy has them: log VKEY [URL], "
                        "witness NAME VKEY [URL], group NAME all|any|NUMBER NAME..., quorum NAME"
                    )
        if self.quorum is None:
            raise self._broken("the file ends without a quorum; write one line like: quorum none")
        return TrustPolicy(tuple(self.logs), tuple(self.witnesses), tuple(self.groups), self.quorum)

    def _lines(self, content: bytes) -> Iterator[tuple[int, list[str]]]:
        """Number and items of each line that says something. One letter here is one byte of the file."""
        if len(content) > MOST_BYTES:
            raise PolicyBroken(1, f"the file has {len(content)} bytes; at most {MOST_BYTES}")
        lines = content.decode("latin-1").split("\n")
        for number, line in enumerate(lines, 1):
            if not _ALLOWED.fullmatch(line):
                raise PolicyBroken(number, "it holds a control character other than tab and line end")
            if number == len(lines) and line:
                raise PolicyBroken(number, "it does not end in a newline: was the file cut off?")
            items = _BETWEEN.split(line.strip("\t "))
            if items != [""] and not items[0].startswith("#"):
                yield number, items

    def _log(self, vkey: str, url: list[str]) -> None:
        key = self._key(vkey)
        if any(log.key.public_key == key.public_key for log in self.logs):
            raise self._broken("this key is another log's already")
        self._at_most(self.logs, "logs")
        self.logs.append(TrustedLog(key, self._url(url), self.line))

    def _witness(self, name: str, vkey: str, url: list[str]) -> None:
        key = self._key(vkey)
        if key.algorithm not in COSIGNATURES:
            raise self._broken(f"the key of {_shown(name)} signs notes; a witness has a key for cosignatures")
        if any(witness.key.public_key == key.public_key for witness in self.witnesses):
            raise self._broken("this key is another witness's already")
        self._at_most(self.witnesses, "witnesses")
        self._define(name)
        self.witnesses.append(TrustedWitness(_text(name), key, self._url(url), self.line))

    def _group(self, name: str, least: str, members: list[str]) -> None:
        if not members:
            raise self._broken(f"the group {_shown(name)} has no members")
        for member in members:
            if member not in self.defined:
                raise self._broken(f"{_shown(member)} is no witness or group of a line before this one")
            if member in self.members:
                raise self._broken(f"{_shown(member)} is listed as a member twice; it may count only once")
            self.members.add(member)
        self._at_most(self.groups, "groups")
        self._define(name)
        counted = self._least(least, len(members))
        self.groups.append(Group(_text(name), counted, tuple(_text(member) for member in members)))

    def _least(self, least: str, members: int) -> int:
        if least in ("any", "all"):
            return 1 if least == "any" else members
        if not _NUMBER.fullmatch(least) or int(least) > members:
            raise self._broken(f"{_shown(least)} of {members}: write all, any or a number up to {members}")
        return int(least)

    def _quorum(self, name: str) -> None:
        if self.quorum is not None:
            raise self._broken("a second quorum; a policy has one")
        if name != NONE and name not in self.defined:
            raise self._broken(f"{_shown(name)} is no witness or group of a line before this one")
        self.quorum = _text(name)

    def _define(self, name: str) -> None:
        if name == NONE or name in self.defined:
            raise self._broken(f"the name {_shown(name)} is taken")
        self.defined.add(name)

    def _key(self, vkey: str) -> VerifierKey:
        try:
            written = vkey.encode("latin-1").decode("utf-8")
            key = read_vkey(written)
        except UnicodeDecodeError:
            raise self._broken("the key's name is not UTF-8") from None
        except NoteBroken as error:
            raise self._broken(str(error)) from None
        if str(key) != written:
            raise self._broken("the key is not written as keys have to be")
        return key

    def _url(self, url: list[str]) -> str | None:
        return _text(url[0]) if url else None

    def _at_most(self, there: Collection[object], what: str) -> None:
        if len(there) >= MOST_OF_A_KIND:
            raise self._broken(f"more than {MOST_OF_A_KIND} {what}")

    def _broken(self, text: str) -> PolicyBroken:
        return PolicyBroken(max(self.line, 1), text)


def _text(letters: str) -> str:
    """Bytes as text: UTF-8 as it is meant, anything else kept apart by escapes, so that no two become one."""
    return letters.encode("latin-1").decode("utf-8", "surrogateescape")


def _shown(letters: str) -> str:
    return repr(letters.encode("latin-1").decode("utf-8", "replace")[:60])
