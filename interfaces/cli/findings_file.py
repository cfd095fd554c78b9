"""A file of its own for what a command finds, one JSON line for each finding, beside its document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from interfaces.cli.errors import CommandError


@contextmanager
def lines_into(path: Path | None, option: str) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Where each line goes; None: nowhere. `option`: that names the file. Raises CommandError where it is
    there already."""
    if path is None:
        yield lambda _: None
        return
    try:
        opened = path.open("xb")
    except FileExistsError:
        raise CommandError(
            "file_there", f"{path} is there already: name another with {option}, or remove it."
        ) from None
    with opened:

        def write(found: dict[str, Any]) -> None:
            opened.write(orjson.dumps(found) + b"\n")

        yield write
