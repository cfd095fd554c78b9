"""Long lists by command: a page, and where the next one begins. The cursors are those of HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

from interfaces.cursors import BadCursor
from interfaces.texts import Language

TPlace = TypeVar("TPlace")
MOST = 1_000

Cursor = Annotated[
    str | None,
    typer.Option("--cursor", help="Go on after a page: what it names as `next`.", metavar="TEXT"),
]


def read_cursor(read: Callable[[str | None], TPlace], text: str | None) -> TPlace:
    """Where the page begins, as one of `interfaces.cursors` reads it; a usage error for anything else."""
    try:
        return read(text)
    except BadCursor:
        raise typer.BadParameter(
            "this is no cursor of this list: copy it from the page before, or leave it out to begin",
            param_hint="--cursor",
        ) from None


def goes_on(following: str | None, language: Language = "en") -> str:
    """What a sentence adds where there may be a further page."""
    said = "Danh sách còn tiếp: thêm" if language == "vi" else "The list goes on: add"
    return f" {said} --cursor {following}." if following else ""
