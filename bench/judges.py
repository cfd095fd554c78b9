"""Programs that this project did not write, as judges of its proofs and tiles: tlog-scales, aics-tlog, and
Go's golang.org/x/mod/sumdb/tlog where Debian's golang-go and golang-golang-x-mod-dev are installed.

Each is asked the same: is this proof good, and is every tile of this folder what the root covers?
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from domain.tiles import WIDTH, tiles_of

VERIFIERS = Path(sys.prefix) / "verifiers"
GO_SOURCES = Path("/usr/share/gocode")
GO_PROGRAM = Path(__file__).with_name("judge.go")


@dataclass(frozen=True, slots=True)
class Proof:
    """`first`: of inclusion the leaf's index, of consistency the older size; `start`: the leaf or the older
    root; `size` and `root`: the tree's."""

    consistency: bool
    first: int
    start: bytes
    size: int
    root: bytes
    hashes: tuple[bytes, ...]


class Judge(Protocol):
    """All answers in the order of what was asked."""

    name: str

    def proofs(self, proofs: Sequence[Proof]) -> list[bool]: ...

    def tiles(self, folder: Path, size: int, root: bytes) -> int:
        """How many tiles were verified against the root: all of that size. Raises where one is not good."""
        ...


class TilesRefused(Exception):
    """A tile is not what the root covers; the text is the judge's."""


class Scales:
    """tlog-scales."""

    name = "tlog-scales"

    def __init__(self) -> None:
        self._tlog: Any = import_module("tlog_scales.tlog")
        self._reader: Any = import_module("tlog_scales.reader")
        self._backend: Any = import_module("tlog_scales.backend")
        self._tiles: Any = import_module("tlog_scales.tiles")

    def proofs(self, proofs: Sequence[Proof]) -> list[bool]:
        return [self._good(proof) for proof in proofs]

    def _good(self, proof: Proof) -> bool:
        made = self._tlog.ConsistencyProof if proof.consistency else self._tlog.InclusionProof
        refused = (self._tlog.ConsistencyProofInvalid, self._tlog.InclusionProofInvalid)
        try:
            made(proof.first, proof.size, list(proof.hashes)).check(proof.start, proof.root)
        except refused:
            return False
        return True

    def tiles(self, folder: Path, size: int, root: bytes) -> int:
        """Its reader looks a subtree up in the tile above: each tile's own hash is made of its two halves."""
        reader = self._reader.TilesReader(self._backend.LocalBackend(folder))
        reader.set_size(size)
        if reader.calculate_root_hash() != root:
            raise TilesRefused("the tiles do not give the root")
        count = 0
        for tile in tiles_of(size):
            if tile.width == WIDTH and tile.end < size:
                half = (tile.start + tile.end) // 2
                halves = reader.mth(tile.start, half) + reader.mth(half, tile.end)
                if sha256(b"\x01" + halves).digest() != reader.mth(tile.start, tile.end):
                    raise TilesRefused(f"{tile.path} is not what the tile above has")
            count += 1
        for index in range(size):
            if self._tiles.leaf_hash(reader.get_entry(index)) != reader.mth(index, index + 1):
                raise TilesRefused(f"entry {index} is not what its leaf covers")
        return count


class Aics:
    """aics-tlog, which `make setup` puts apart from what the project itself uses."""

    name = "aics-tlog"

    def __init__(self) -> None:
        sys.path.append(str(VERIFIERS))
        try:
            self._tree: Any = import_module("aics_tlog.tree")
            self._tiles: Any = import_module("aics_tlog.tiles")
            self._verified: Any = import_module("aics_tlog.verified")
        finally:
            sys.path.remove(str(VERIFIERS))

    def proofs(self, proofs: Sequence[Proof]) -> list[bool]:
        return [self._good(proof) for proof in proofs]

    def _good(self, proof: Proof) -> bool:
        first, size, start, root = proof.first, proof.size, proof.start, proof.root
        if proof.consistency:
            return bool(self._tree.verify_consistency(first, size, start, root, proof.hashes))
        return bool(self._tree.verify_inclusion(start, first, size, proof.hashes, root))

    def tiles(self, folder: Path, size: int, root: bytes) -> int:
        try:
            found = self._verified.audit_tiles(self._tiles.FileSystemTileReader(folder), size, root)
        except (self._tiles.TileMissingError, self._tiles.TileVerificationError) as error:
            raise TilesRefused(str(error)) from error
        return int(found.tiles)


class Go:
    """golang.org/x/mod/sumdb/tlog of Debian, called through `judge.go`."""

    name = "x/mod/sumdb/tlog"

    def __init__(self, folder: Path) -> None:
        """Build the program in this folder."""
        self._program = folder / "judge"
        environment = os.environ | {"GO111MODULE": "off", "GOPATH": str(GO_SOURCES), "GOFLAGS": ""}
        environment |= {"GOCACHE": str(folder / "cache")}
        command = ["go", "build", "-o", str(self._program), str(GO_PROGRAM)]
        subprocess.run(command, check=True, env=environment, capture_output=True, timeout=300)

    def proofs(self, proofs: Sequence[Proof]) -> list[bool]:
        """An older tree of no leaves is nothing that it judges: such proofs are not to be asked."""
        asked = [
            {
                "First": proof.first,
                "Size": proof.size,
                "Consistency": proof.consistency,
                "Start": proof.start.hex(),
                "Root": proof.root.hex(),
                "Hashes": [each.hex() for each in proof.hashes],
            }
            for proof in proofs
        ]
        return list(self._asked({"Proofs": asked})["Proofs"])

    def tiles(self, folder: Path, size: int, root: bytes) -> int:
        tree = {"Size": size, "Root": root.hex()}
        (count,) = self._asked({"Folder": str(folder), "Trees": [tree]})["Trees"]
        if count < 0:
            raise TilesRefused("a tile is not what the root covers")
        return int(count)

    def _asked(self, question: dict[str, Any]) -> Any:
        text = json.dumps(question).encode()
        return json.loads(
            subprocess.run([self._program], check=True, input=text, capture_output=True, timeout=600).stdout
        )


def why_no_go() -> str | None:
    """Why Go cannot judge here; None where it can."""
    if shutil.which("go") is None:
        return "go is not installed (Debian: apt-get install golang-go golang-golang-x-mod-dev)"
    if not (GO_SOURCES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        return "golang.org/x/mod is not installed (Debian: apt-get install golang-golang-x-mod-dev)"
    return None


@contextmanager
def judges() -> Iterator[tuple[list[Judge], str | None]]:
    """Those that are here, and why Go is not one of them. What was built for them is removed at the end."""
    here: list[Judge] = [Scales(), Aics()]
    missing = why_no_go()
    with tempfile.TemporaryDirectory(prefix="hoso-bench-go-") as folder:
        if missing is None:
            here.append(Go(Path(folder)))
        yield here, missing
