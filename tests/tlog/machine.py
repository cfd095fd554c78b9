"""A random walk of a log that is attested: appends, rounds of several sizes, processes that end at any step
or are overtaken, tiles that are lost, keys that come and go; against a naive tree over the same leaves, and
a naive list of which key signs what."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from application.attesting import Attester
from application.tlog_ports import HeadMoved, Published
from domain.notes import VerifierKey
from tests.support import Database
from tests.tlog.attesting import World, open_world
from tests.tlog.naive_tree import NaiveTree, check_folder, read_checkpoint, signed_by, tree_of

STEPS = ("read", "tiles", "signed", "swapped", "cosigned", "on record", "published", "cleaned")
T = TypeVar("T")


class Ended(Exception):
    """The process is gone."""


class AttestingMachine(RuleBasedStateMachine):
    """`database()` makes one with nothing recorded in it."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="hoso-tests-"))
        self.given = self.database()
        self.world: World = self.run(self.stack.enter_async_context(open_world(self.given, self.folder)))
        self.attester: Attester | None = None
        self.signing: dict[VerifierKey, tuple[int, int | None]] = {}
        self.sizes: list[int] = []

    def database(self) -> Database:
        raise NotImplementedError

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(doing)

    @initialize(before=st.integers(0, 700))
    def open(self, before: int) -> None:
        self.run(self.world.append(before))
        key = self.run(self.world.open_log())
        self.signing[key] = (self.last, None)

    @property
    def last(self) -> int:
        return self.run(self.world.recorded())

    # what happens

    @rule(count=st.one_of(st.integers(1, 40), st.integers(200, 600), st.just(256)))
    def append(self, count: int) -> None:
        self.run(self.world.append(count))

    @rule(most=st.sampled_from([10_000, 300, 256, 7]))
    def attest(self, most: int) -> None:
        self._round(most)

    @rule(step=st.sampled_from(STEPS), most=st.sampled_from([10_000, 300]))
    def end_at(self, step: str, most: int) -> None:
        """A process that ends once this is done, or not at all where it has nothing to do."""

        def reached(name: str) -> None:
            if name == step:
                raise Ended

        attester = self.run(self.world.attester(reached))
        try:
            self.run(attester.round(most))
        except Ended:
            attester = None  # type: ignore[assignment]
        self.attester = None

    @precondition(lambda self: self.attester is not None)
    @rule()
    def another_signs(self) -> None:
        """Whoever believed that it is the one is fenced at its next round, if there is one."""
        self.run(self.world.attest())

    @rule(data=st.data())
    def lose_tiles(self, data: st.DataObject) -> None:
        """Some files of the right edge, or all there are."""
        root = self.world.tiles().root
        if not root.exists():
            return
        self.attester = None
        if data.draw(st.booleans()):
            shutil.rmtree(root)
            return
        size = self._published()
        tree = tree_of(self.given.app_dsn)
        edge = sorted(path for path in tree.tiles(size) if ".p/" in path) or [""]
        lost = data.draw(st.sampled_from(edge))
        if lost:
            (root / lost).unlink(missing_ok=True)

    @precondition(lambda self: len(self.signing) < 5)
    @rule()
    def add_key(self) -> None:
        key = self.run(self.world.add_key())
        self.signing[key] = (self.last, None)

    @precondition(lambda self: sum(until is None for _, until in self.signing.values()) > 1)
    @rule(data=st.data())
    def withdraw_key(self, data: st.DataObject) -> None:
        still = [key for key, (_, until) in self.signing.items() if until is None]
        key = data.draw(st.sampled_from(still))
        at = self.run(self.world.withdraw(key))
        self.signing[key] = (self.signing[key][0], at)

    # what is true

    def teardown(self) -> None:
        try:
            self.run(self.world.attest())
            self.check()
        finally:
            self.run(self.stack.aclose())
            self.loop.close()
            shutil.rmtree(self.folder)

    def check(self) -> None:
        tree = tree_of(self.given.app_dsn)
        assert check_folder(self.world.tiles().root, tree) == len(tree.leaves)
        head = self.run(self.world.head.read())
        assert head is not None
        self._is_signed(head, tree)
        on_record = self.run(self.world.checkpoints.after(self.world.origin, 0, 10_000))
        for one in on_record:
            self._is_signed(one.note.encode(), tree)
        sizes = [one.size for one in on_record]
        assert sizes == sorted(set(sizes))
        assert set(self.sizes) <= set(sizes), "what was published stays"

    def _is_signed(self, note: bytes, tree: NaiveTree) -> None:
        origin, size, root, signatures = read_checkpoint(note)
        assert (origin, root) == (self.world.origin, tree.root(size))
        wanted = {
            key
            for key, (since, until) in self.signing.items()
            if since <= size and (until is None or size < until)
        }
        assert {key for key in self.signing if signed_by(note, key.public_key)} == wanted
        assert len(signatures) == len(wanted) > 0

    def _round(self, most: int) -> None:
        if self.attester is None:
            self.attester = self.run(self.world.attester())
        try:
            self.run(self.attester.round(most))
        except HeadMoved:
            self.attester = None
            return
        newest: Published | None = self.run(self.world.checkpoints.newest(self.world.origin))
        if newest is not None:
            self.sizes.append(newest.size)

    def _published(self) -> int:
        newest = self.run(self.world.checkpoints.newest(self.world.origin))
        return newest.size if newest else 0
