"""Runs sdk_consumer.py and kills it at random, again and again, until it may read to the end."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

PROGRAM = Path(__file__).with_name("sdk_consumer.py")


class Killed:
    """`kills`: lives ended by SIGKILL. `bad`: what a life said that ended by itself."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.kills = 0
        self.kills_with_progress = 0
        self.bad: list[str] = []
        self._chance = Random(7)

    @contextmanager
    def following(self, url: str, token: str) -> Iterator[None]:
        """Follow, killed at random, while the block runs."""
        over = threading.Event()
        thread = threading.Thread(target=self._again_and_again, args=(url, token, over))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def read_to_end(self, url: str, token: str) -> None:
        with self._life(url, token, "--to-end") as process:
            said = process.communicate(timeout=120)[1]
            assert process.returncode == 0, said.decode()

    def positions(self) -> list[int]:
        return [int(line.split()[0]) for line in self.file.read_text(encoding="utf-8").splitlines()]

    def _again_and_again(self, url: str, token: str, over: threading.Event) -> None:
        while not over.is_set() and not self.bad:
            before = self.file.stat().st_size if self.file.exists() else 0
            with self._life(url, token) as process:
                over.wait(self._chance.uniform(0.5, 3.0))
                if process.poll() is not None:
                    self.bad.append(process.communicate()[1].decode())
                    return
                process.kill()
                process.communicate()
            self.kills += 1
            self.kills_with_progress += self.file.exists() and self.file.stat().st_size > before

    @contextmanager
    def _life(self, url: str, token: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen(
            [sys.executable, str(PROGRAM), url, str(self.file), *options],
            env=os.environ | {"TOKEN": token},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
