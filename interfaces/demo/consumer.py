"""A program that follows the feed by cursor: what it has read stands on disk before it asks for more, so that
it may be killed at any moment and started again.

    HOSO_TOKEN=... python -m interfaces.demo.consumer --url URL --store FILE --after POSITION [--to-end]

FILE is its only memory: one line for each page, `{"through": position, "events": [...]}`, written out to the
disk; a line that a kill cut short is dropped at the next start and its page is read again.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson

Json = dict[str, Any]
PAGE = 500
WAIT = 1.0
ANSWER_SECONDS = 60.0
AWAY_SECONDS = 60.0  # a server that is away longer is given up
OF_THE_HANDOVER = (
    "hoso.dossier.placed.v1",
    "hoso.dossier.acknowledged.v1",
    "hoso.dossier.transfer_refused.v1",
)


class OutOfOrder(Exception):
    """The feed left a position out, or gave one twice."""


@dataclass(frozen=True, slots=True)
class Command:
    """What is kept of an event that a command on a dossier recorded."""

    position: int
    time: str
    code: str
    type: str


@dataclass(slots=True)
class Received:
    """What a consumer's file says. `handed_over`: dossiers by the agency that they came to;
    `last_handed_over`: the position of the last such event; `restarts`: how often it was killed."""

    cursor: int
    events: int = 0
    restarts: int = 0
    handed_over: dict[str, list[str]] = field(default_factory=dict)
    last_handed_over: int = 0
    commands: list[Command] = field(default_factory=list)

    def take(self, event: Json) -> None:
        """One event, in order; the cursor moves with it."""
        position = int(event["position"])
        if position != self.cursor + 1:
            raise OutOfOrder(f"after position {self.cursor} came {position}")
        self.cursor = position
        self.events += 1
        kind, data = event["type"], event["data"]
        if kind == "hoso.dossier.handed_over.v1":
            self.handed_over.setdefault(data["to_agency"], []).append(data["dossier"])
            self.last_handed_over = position
        elif kind.startswith("hoso.dossier.") and kind not in OF_THE_HANDOVER:
            self.commands.append(Command(position, event["time"], data["dossier_code"], kind))


class Store:
    """The consumer's file. Opening it drops a line that was cut short."""

    def __init__(self, path: Path, after: int) -> None:
        self._path = path
        self.cursor = after
        whole = 0
        if path.exists():
            for line in _lines(path):
                self.cursor = int(orjson.loads(line)["through"])
                whole += len(line)
            os.truncate(path, whole)

    def keep(self, events: list[Json], through: int) -> None:
        """A page that goes on where the last one ended, on disk when this returns. Raises OutOfOrder."""
        for expected, event in enumerate(events, self.cursor + 1):
            if int(event["position"]) != expected:
                raise OutOfOrder(f"after position {expected - 1} came {event['position']}")
        if through != self.cursor + len(events):
            raise OutOfOrder(
                f"a page of {len(events)} after {self.cursor} says that it goes through {through}"
            )
        if not events:
            return
        with self._path.open("ab") as file:
            file.write(orjson.dumps({"through": through, "events": events}) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self.cursor = through


def received(path: Path, after: int) -> Received:
    """What the file of a consumer that began after a position holds, looked through once more."""
    found = Received(cursor=after)
    for line in _lines(path) if path.exists() else ():
        for event in orjson.loads(line)["events"]:
            found.take(event)
    return found


def _lines(path: Path) -> Iterator[bytes]:
    """The whole lines of a file."""
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield line


def follow(client: httpx.Client, store: Store, to_end: bool) -> None:
    """Page after page for ever, or to the log's present end. Raises OutOfOrder, httpx.HTTPError."""
    away_since: float | None = None
    while True:
        query = {"after": store.cursor, "limit": PAGE, "wait": 0 if to_end else WAIT}
        try:
            answer = client.get("/v1/events", params=query)
        except httpx.TransportError:
            away_since = away_since or time.monotonic()
            if time.monotonic() - away_since > AWAY_SECONDS:
                raise
            time.sleep(0.5)
            continue
        away_since = None
        if answer.status_code == 503:
            time.sleep(float(answer.headers.get("Retry-After", 1)))
            continue
        answer.raise_for_status()
        events = orjson.loads(answer.content)
        store.keep(events, int(answer.headers["Ledger-Through"]))
        if to_end and not events:
            return


def _end_with_parent() -> None:
    """Whoever started this holds the other end of standard input, and takes it along however it ends."""
    while os.read(0, 1024):
        pass
    os._exit(0)


def main() -> None:
    """Run as a process of its own; ends with 1 and a sentence when the feed is not what it promises."""
    parser = argparse.ArgumentParser(prog="python -m interfaces.demo.consumer")
    parser.add_argument("--url", required=True)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--after", type=int, default=0)
    parser.add_argument("--to-end", action="store_true")
    asked = parser.parse_args()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    headers = {"Authorization": f"Bearer {os.environ['HOSO_TOKEN']}"}
    with httpx.Client(base_url=asked.url, headers=headers, timeout=ANSWER_SECONDS, trust_env=False) as client:
        try:
            follow(client, Store(asked.store, asked.after), asked.to_end)
        except (OutOfOrder, httpx.HTTPError, ValueError) as error:
            sys.exit(f"The consumer stops: {error}")


if __name__ == "__main__":
    main()
