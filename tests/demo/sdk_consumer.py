"""A program as others would write it: it follows the feed, every event parsed by the CloudEvents SDK, and
keeps one line for each (position, id, type) in a file that is its only memory. It imports nothing of ours.

    TOKEN=... python sdk_consumer.py URL FILE [--to-end]
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

import httpx
from cloudevents.core.formats.json import JSONFormat

SDK = JSONFormat()


def last_position(file: Path) -> int:
    """Where it stands. A last line that a kill cut short is dropped: that event is read again."""
    if not file.exists():
        return 0
    whole = file.read_bytes()
    whole = whole[: whole.rfind(b"\n") + 1]
    os.truncate(file, len(whole))
    return int(whole.splitlines()[-1].split()[0]) if whole else 0


def parsed(raw: object) -> str:
    event = SDK.read(None, json.dumps(raw))
    data = event.get_data()
    assert isinstance(data, dict)
    assert event.get_source()
    assert event.get_time() is not None
    return f"{int(event.get_id())} {event.get_type()}\n"


def follow(client: httpx.Client, file: Path, to_end: bool) -> None:
    position = last_position(file)
    while True:
        query: dict[str, int] = {"after": position, "limit": 200, "wait": 0 if to_end else 1}
        try:
            answer = client.get("/v1/events", params=query)
        except httpx.TransportError:
            time.sleep(0.2)
            continue
        if answer.status_code == 503:
            time.sleep(1)
            continue
        answer.raise_for_status()
        lines = "".join(parsed(raw) for raw in answer.json())
        if not lines and to_end:
            return
        with file.open("a", encoding="utf-8") as opened:
            opened.write(lines)
            opened.flush()
            os.fsync(opened.fileno())
        position = int(answer.headers["Ledger-Through"])


def end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    headers = {"Authorization": f"Bearer {os.environ['TOKEN']}"}
    with httpx.Client(base_url=sys.argv[1], headers=headers, timeout=60, trust_env=False) as opened_client:
        follow(opened_client, Path(sys.argv[2]), "--to-end" in sys.argv)
