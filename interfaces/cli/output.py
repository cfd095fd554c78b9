"""What a command says: one JSON document, or tables and a last sentence for people; and how far long work is.

Standard output holds the result alone; progress and errors go to standard error, for whoever watches.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from application.lookup import VIETNAM

PATIENCE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Done:
    """A command's outcome. `document`: for --json; `sentence`: the last line; `code`: 1 for a finding."""

    document: Mapping[str, Any]
    sentence: str
    shown: tuple[RenderableType, ...] = ()
    code: int = 0
    printed: bool = False
    """Everything was said already."""


def print_done(done: Done, *, as_json: bool) -> None:
    """Print an outcome on standard output."""
    if as_json:
        print_document(done.document)
        return
    console = Console(highlight=False)
    for renderable in done.shown:
        console.print(renderable)
    console.print(done.sentence, markup=False, soft_wrap=True)


def print_document(document: Mapping[str, Any]) -> None:
    """One JSON document and a line break."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
    sys.stdout.buffer.write(orjson.dumps(document, option=options, default=str))
    sys.stdout.buffer.flush()


def print_error(code: str, sentence: str, *, as_json: bool, details: Mapping[str, Any] | None = None) -> None:
    """One sentence on standard error, or with --json {"error": {...}} on standard output."""
    if as_json:
        print_document(
            {"error": {"code": code, "message": sentence, **({"details": details} if details else {})}}
        )
    else:
        print(sentence, file=sys.stderr)


def table(*columns: str, rows: list[tuple[Any, ...]]) -> Table:
    """A plain table; None is an empty cell, numbers stand to the right."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        right = bool(rows) and all(isinstance(row[number], int | float) for row in rows)
        made.add_column(column, justify="right" if right else "left", overflow="fold")
    for row in rows:
        made.add_row(*(cell(value) for value in row))
    return made


def cell(value: Any) -> str:
    """A value as people read it: times in Vietnam's zone, thousands set apart."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 dossier`, `1,434 dossiers`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


class Working:
    """Shows on a terminal, after two seconds, that work goes on; silent elsewhere and with --json."""

    def __init__(self, title: str, *, silent: bool) -> None:
        console = Console(stderr=True)
        self._silent = silent or not console.is_terminal
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task(title, total=None)
        self._timer = threading.Timer(PATIENCE_SECONDS, self._show)
        self._timer.daemon = True
        self._over = threading.Lock()
        self._ended = False

    def __enter__(self) -> Working:
        if not self._silent:
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Show nothing from here on."""
        self._timer.cancel()
        with self._over:
            self._ended = True
            if self._progress.live.is_started:
                self._progress.stop()

    def at(self, done: int, total: int | None = None, title: str | None = None) -> None:
        """`done` of `total` steps are behind us; without a total the bar only moves."""
        self._progress.update(self._task, completed=done, total=total, description=title)

    def _show(self) -> None:
        with self._over:
            if not self._ended:
                self._progress.start()
