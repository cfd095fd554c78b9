"""Appending batches through the one kept connection: everybody in a batch is answered for himself, whatever
happens on the way, and nobody while the outcome of a broken connection is unknown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import psycopg

from application.ports import ClockJumped, KeyThere, LedgerError, Receipt, Unavailable
from infra.batch import Batch, Pending
from infra.clock_watch import ClockWatch
from infra.kept_writer import KeptWriter
from infra.resolve import receipts_of, recorded_receipt
from infra.writer import ConnectionLost, Outcome, Writer

log = logging.getLogger("hoso.ledger")

KEY_THERE = ("subject_key_pk", "subject_erased_pk")
MOST_LOSSES = 5  # of the connection, during one append


class Appending:
    """One batch at a time. `head`: the last position this process knows of; `lock_held`: seconds, by the last
    append that was judged. `on_others`: called when somebody else moved the log's head."""

    def __init__(
        self,
        kept: KeptWriter,
        watch: ClockWatch,
        *,
        on_recorded: Callable[[int], None],
        on_others: Callable[[], None],
    ) -> None:
        self.kept = kept
        self.head = 0
        self.lock_held: float | None = None
        self._watch = watch
        self._on_recorded = on_recorded
        self._on_others = on_others

    async def append(self, batch: Batch, move_to: datetime | None = None, losses: int = 0) -> None:
        """Append and answer everybody in the batch, whatever happens on the way."""
        try:
            writer = await self.kept.get()
            outcome = await writer.append(batch, self._watch.latest(), move_to)
        except ConnectionLost:
            await self._resolve(batch, move_to, losses + 1)
        except LedgerError as error:
            _fail_all(batch, error)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled) as error:
            _fail_all(
                batch, Unavailable(f"the database did not append in time, nothing was recorded: {error}")
            )
        except psycopg.Error as error:
            await self._bisect(batch, error, move_to, losses)
        else:
            await self._answer(writer, batch, outcome)

    async def _answer(self, writer: Writer, batch: Batch, outcome: Outcome) -> None:
        recorded_at = outcome.recorded_at
        if recorded_at is None:
            _fail_all(batch, ClockJumped(self._watch.stop(outcome.clock_now)))
            return
        self._watch.observe(outcome.clock_now, recorded_at, outcome.held)
        self.lock_held = outcome.lock_seconds
        if 0 < self.head < outcome.base:
            self._on_others()
        if not outcome.refused:
            self._seen(outcome.base, outcome.base + sum(pending.events for pending in batch))
            batch.succeed(outcome.base, recorded_at)
            return
        await self._judged(writer, batch, outcome, recorded_at)

    async def _judged(self, writer: Writer, batch: Batch, outcome: Outcome, recorded_at: datetime) -> None:
        """Somebody was refused: each is answered for itself."""
        position = outcome.base
        refused = outcome.refused
        repeats: list[tuple[Pending, int]] = []
        for number, pending in enumerate(batch, 1):
            if number in refused:
                reason = refused[number]
                if isinstance(reason, int):
                    repeats.append((pending, reason))
                else:
                    pending.fail(reason)
                continue
            first = position + 1
            position += pending.events
            pending.succeed(Receipt(first, position, recorded_at, pending.versions))
        self._seen(outcome.base, position)
        if repeats:
            await self._answer_repeats(writer, repeats)

    def _seen(self, base: int, head: int) -> None:
        self.head = head
        if head > base:
            self._on_recorded(head)

    async def _answer_repeats(self, writer: Writer, repeats: list[tuple[Pending, int]]) -> None:
        try:
            receipts = await receipts_of(writer, [first for _, first in repeats])
        except psycopg.Error as error:
            _fail_all(
                [pending for pending, _ in repeats], Unavailable(f"the receipt could not be read: {error}")
            )
            return
        for pending, first in repeats:
            pending.succeed(receipts[first])

    async def _bisect(
        self, batch: Batch, error: psycopg.Error, move_to: datetime | None, losses: int
    ) -> None:
        """The call failed as a whole and nothing was recorded: find whose fault it was, spare the others."""
        if len(batch) == 1:
            named = error.diag.constraint_name
            there = isinstance(error, psycopg.errors.UniqueViolation) and named in KEY_THERE
            batch[0].fail(KeyThere() if there else LedgerError(f"the database refused the append: {error}"))
            return
        middle = len(batch) // 2
        await self.append(Batch(batch[:middle]), move_to, losses)
        await self.append(Batch(batch[middle:]), move_to, losses)

    # Lost connections

    async def _resolve(self, batch: Batch, move_to: datetime | None, losses: int) -> None:
        """The connection broke during an append: find what was recorded, then append the rest."""
        await self.kept.lose()
        if losses > MOST_LOSSES:
            _fail_all(batch, Unavailable("the connection to the database breaks again and again"))
            return
        log.warning("the connection to the database broke during an append: asking what was recorded")
        rest = Batch()
        try:
            writer = await self.kept.get()
            for pending in batch:
                receipt = await recorded_receipt(writer, pending.item)
                if receipt is None:
                    rest.append(pending)
                else:
                    # Later than all we knew of: it was this try, not a repeat of an earlier one.
                    pending.succeed(replace(receipt, repeated=receipt.first <= self.head))
        except LedgerError as error:
            _fail_all(batch, error)
        except psycopg.Error:
            await self._resolve(
                Batch(pending for pending in batch if not pending.answer.done()), move_to, losses + 1
            )
        else:
            if rest:
                await self.append(rest, move_to, losses)


def _fail_all(batch: Sequence[Pending], error: LedgerError) -> None:
    for pending in batch:
        pending.fail(error)
