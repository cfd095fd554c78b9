"""The last signed head in an S3-compatible bucket, the port `HeadStore`: `<prefix>/<ledger id>.checkpoint`.

Promises: of two processes that swap the same head one is refused, by the service (If-Match, If-None-Match);
a service that ignores these conditions is found out before the first swap and refused.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import obstore
from obstore import exceptions

from application.tlog_ports import HeadMoved, TlogUnavailable
from infra.bucket import BucketAddress, BucketTrouble, ObjectMissing, check_conditions, done, s3_store
from infra.head_store import MOST_BYTES

if TYPE_CHECKING:
    from obstore import Attributes, PutMode

T = TypeVar("T")


class HeadBucket:
    """The head of one ledger, for use on one event loop."""

    def __init__(self, address: BucketAddress, ledger: UUID) -> None:
        self._address = address
        self._name = f"{ledger}.checkpoint"
        self._key = address.path(self._name)
        self._store = s3_store(address)
        self._looked = False

    @property
    def where(self) -> str:
        return f"{self._address.where}/{self._name}"

    async def read(self) -> bytes | None:
        return (await self._read())[0]

    async def swap(self, expected: bytes | None, new: bytes) -> None:
        await self._look()
        found, tag = await self._read()
        if found == new:  # by us, and the answer was lost
            return
        if found != expected:
            raise HeadMoved(found)
        mode: PutMode = "create" if found is None else {"e_tag": tag}
        try:
            await self._done(
                obstore.put_async(
                    self._store, self._key, new, attributes=_TEXT, mode=mode, use_multipart=False
                )
            )
        except (exceptions.AlreadyExistsError, exceptions.PreconditionError, ObjectMissing):
            found = await self.read()
            if found != new:  # a request that was sent again finds what it wrote itself
                raise HeadMoved(found) from None

    async def _read(self) -> tuple[bytes | None, str | None]:
        try:
            found = await self._done(obstore.get_async(self._store, self._key))
        except ObjectMissing:
            return None, None
        if found.meta["size"] > MOST_BYTES:
            raise TlogUnavailable(f"{self.where} is longer than a head can be: it is none of ours")
        return bytes(await self._done(found.bytes_async())), found.meta["e_tag"]

    async def _look(self) -> None:
        if self._looked:
            return
        try:
            await check_conditions(self._store, self._address)
        except BucketTrouble as error:
            raise TlogUnavailable(str(error)) from error
        self._looked = True

    async def _done(self, call: Awaitable[T]) -> T:
        try:
            return await done(call, self._address)
        except ObjectMissing:
            raise
        except BucketTrouble as error:
            raise TlogUnavailable(str(error)) from error


_TEXT: Attributes = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
