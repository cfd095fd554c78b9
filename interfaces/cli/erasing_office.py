"""Erasing as commands use it: the read models that say where to look are brought up to date by the command
itself where no server does."""

from __future__ import annotations

from dataclasses import replace

from application.erasing_ports import Erasing
from interfaces import wiring
from interfaces.cli.run import Call
from interfaces.erasing import ShownConcern


class CaughtUp(ShownConcern):
    def __init__(self, opened: wiring.Opened) -> None:
        super().__init__(opened.services.views)
        self._opened = opened

    async def shown(self, position: int) -> None:
        await wiring.catch_up(self._opened, position)
        await super().shown(position)


def erasing_of(call: Call) -> Erasing:
    return replace(call.services.erasing, index=CaughtUp(call.opened))
