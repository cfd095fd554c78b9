"""Puts files until it is killed; says the name of each that is durable: writer.py FOLDER SEED."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from collections.abc import AsyncGenerator
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from infra.file_folder import FileFolder


async def main(folder: Path, seed: str) -> None:
    store = FileFolder(folder)
    for number in count():

        async def content(number: int = number) -> AsyncGenerator[bytes, None]:
            for piece in range(30):
                yield hashlib.shake_128(f"{seed} {number} {piece}".encode()).digest(65_536)

        stored = await store.put(content())
        os.write(1, f"{stored.file}\n".encode())


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
