"""A program that follows the feed by cursor, is killed at random and goes on where its cursor stands."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from random import Random

from application.policy import Identity
from interfaces.demo.api import Api, Json, Unexpected

PAGE = 500
WAIT = 1.0
SHORTEST, LONGEST = 0.2, 3.0
OF_THE_HANDOVER = (
    "hoso.dossier.placed.v1",
    "hoso.dossier.acknowledged.v1",
    "hoso.dossier.transfer_refused.v1",
)


class OutOfOrder(Exception):
    """The feed left a position out, or gave one twice."""


@dataclass(frozen=True, slots=True)
class Command:
    """What the consumer keeps of an event that a command on a dossier recorded."""

    position: int
    time: str
    code: str
    type: str


@dataclass(slots=True)
class Received:
    """What the consumer has stored durably: its cursor, and what it keeps of the events. `handed_over`:
    dossiers by the agency that they came to; `last_handed_over`: the position of the last such event."""

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


async def follow(api: Api, who: Identity, received: Received, until: asyncio.Event) -> None:
    """Read page after page until `until` is set and the log's end is reached."""
    while True:
        ending = until.is_set()
        answer = await api.get(
            who, "/v1/events", after=received.cursor, limit=PAGE, wait=0 if ending else WAIT
        )
        if answer.status_code != 200:
            raise Unexpected("the feed", answer)
        events = answer.json()
        for event in events:
            received.take(event)
        if int(answer.headers["Ledger-Through"]) != received.cursor:
            raise OutOfOrder(
                f"the page went through {answer.headers['Ledger-Through']}, not {received.cursor}"
            )
        if ending and not events:
            return


async def follow_and_be_killed(
    api: Api, who: Identity, received: Received, until: asyncio.Event, chance: Random
) -> None:
    """The same by a consumer that is stopped in the middle of whatever it does, again and again, and started
    anew from its cursor."""
    while not until.is_set():
        running = asyncio.create_task(follow(api, who, received, until))
        try:
            done, _ = await asyncio.wait({running}, timeout=chance.uniform(SHORTEST, LONGEST))
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        if done:
            running.result()
            return
        received.restarts += 1
    await follow(api, who, received, until)
