"""A witness's folder: its keys and its state, which belong together. 0700, for the witness's account alone.

Keys without their state are refused for ever: a witness that forgot what it cosigned could be led to cosign
another history, so it has to begin anew under a new name.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from application.witness_ports import StateBroken
from domain.notes import ED25519_COSIGNATURE, VerifierKey, read_vkey
from domain.witness_protocol import MOST_NAME_BYTES
from infra.witness_keys import WitnessKeys, make_keys, read_keys, there
from infra.witness_state import FILE, SqliteState

LOCK = "serving.lock"


@dataclass(frozen=True, slots=True)
class WitnessFolder:
    """What a witness works with."""

    name: str
    keys: WitnessKeys
    state: SqliteState


def make_witness(folder: Path, name: str, algorithms: Sequence[int]) -> tuple[Sequence[VerifierKey], bool]:
    """Keys and an empty state, durable when this returns; one that a crash left half made is finished.
    Returns the keys, and whether anything was made. Raises StateBroken."""
    _checked_name(name)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not any(folder.iterdir()):
            folder.chmod(0o700)
        _only_ours(folder)
        database = folder / FILE
        if not database.exists() and (left := there(folder)):
            raise StateBroken(_lost(folder, left[0]))
        with suppress(FileExistsError):
            os.close(os.open(database, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        state = SqliteState(folder)
        state.create(name)
        known, vkeys = state.identity()
        if known != name:
            raise StateBroken(f"{folder} is the witness {known} already. A new witness needs a new folder.")
        if vkeys:
            return open_witness(folder).keys.keys(), False
        keys = make_keys(folder, name, algorithms).keys()
        state.name_keys(keys)
        _sync(folder)
        _sync(folder.absolute().parent)
    except OSError as error:
        raise _unusable(folder, error) from None
    return keys, True


def open_witness(folder: Path) -> WitnessFolder:
    """Raises StateBroken: none there, not ours alone, keys and state that do not belong together."""
    try:
        if not (folder / FILE).exists():
            left = there(folder)
            text = f"There is no witness in {folder}. Make one with `hoso witness init`."
            raise StateBroken(_lost(folder, left[0]) if left else text)
        _only_ours(folder)
    except OSError as error:
        raise _unusable(folder, error) from None
    state = SqliteState(folder)
    name, vkeys = state.identity()
    if not vkeys:
        raise StateBroken(f"The witness in {folder} was made only half. Run `hoso witness init` again.")
    keys = read_keys(folder, name)
    if set(map(str, keys.keys())) != set(vkeys):
        raise StateBroken(
            f"The key files in {folder} are not those that its state belongs to. Put the witness's own key "
            "files back; with other keys it would be another witness, which needs a folder of its own."
        )
    return WitnessFolder(name, keys, state)


@contextmanager
def serving(folder: Path) -> Iterator[None]:
    """One process serves a folder. Raises StateBroken where another one does."""
    try:
        descriptor = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise _unusable(folder, error) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = f"Another process serves the witness in {folder}. Stop that one first."
            raise StateBroken(text) from None
        yield
    finally:
        os.close(descriptor)


def _checked_name(name: str) -> None:
    try:
        read_vkey(str(VerifierKey(name, ED25519_COSIGNATURE, bytes(32))))
        fits = len(name.encode()) <= MOST_NAME_BYTES
    except ValueError:
        fits = False
    if not fits:
        raise StateBroken(
            f"{name[:80]!r} cannot name a witness: write it like witness.example.vn/w1, no blanks, no +, "
            f"{MOST_NAME_BYTES} bytes at most."
        )


def _only_ours(folder: Path) -> None:
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o077:
        raise StateBroken(
            f"{folder} is open to others (mode {mode:04o}). Run: chmod 700 {folder}; and if others may have "
            "read the keys in it, make a new witness instead."
        )


def _lost(folder: Path, key: Path) -> str:
    return (
        f"{key} is there and the witness's state {folder / FILE} is not: what it cosigned is forgotten. "
        "It must not sign again. Make a new witness with a new name in a new folder, and tell those who "
        "trust the old one."
    )


def _unusable(folder: Path, error: OSError) -> StateBroken:
    return StateBroken(
        f"{error.filename or folder} cannot be used: {error.strerror}. Give this account the right to write "
        "there, or name another folder with --state."
    )


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
