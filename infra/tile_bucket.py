"""Tiles, bundles and the published checkpoint in an S3-compatible bucket, the port `TileStore`: each an
object under its C2SP path, with the headers that a CDN in front of the bucket needs.

Promises: an object is there whole or not at all; no tile is ever written over, which the service is asked to
show before the first one is put.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

import obstore
from obstore import exceptions

from application.tlog_ports import MINIMUM, TileConflict, TlogUnavailable
from infra.bucket import BucketAddress, BucketTrouble, ObjectMissing, check_conditions, done, s3_store
from infra.tile_store import CHECKPOINT, MOST_BYTES, checked

if TYPE_CHECKING:
    from obstore import Attributes

AT_ONCE = 8
MOST_REMOVED = 1_000
"""Objects that one request removes."""
T = TypeVar("T")


class TileBucket:
    """One log below the address's prefix, for use on one event loop."""

    def __init__(self, address: BucketAddress) -> None:
        self._address = address
        self._store = s3_store(address)
        self._looked = False

    async def get(self, path: str) -> bytes | None:
        try:
            found = await self._done(obstore.get_async(self._store, self._key(path)))
        except ObjectMissing:
            return None
        if found.meta["size"] > MOST_BYTES:
            raise TlogUnavailable(
                f"{self._address.where}/{path} is longer than a tile can be: it is none of ours"
            )
        return bytes(await self._done(found.bytes_async()))

    async def put(self, objects: Sequence[tuple[str, bytes]]) -> None:
        await self._look()
        for start in range(0, len(objects), AT_ONCE):
            some = objects[start : start + AT_ONCE]
            answers = await asyncio.gather(*(self._put(*each) for each in some), return_exceptions=True)
            for answer in answers:
                if answer is not None:
                    raise answer

    async def remove(self, paths: Sequence[str]) -> None:
        for start in range(0, len(paths), MOST_REMOVED):
            keys = [self._key(path) for path in paths[start : start + MOST_REMOVED]]
            with suppress(ObjectMissing):
                await self._done(obstore.delete_async(self._store, keys))

    async def publish(self, checkpoint: bytes) -> None:
        await self._replace(CHECKPOINT, checkpoint)

    async def set_minimum(self, index: int) -> None:
        await self._replace(MINIMUM, b"%d\n" % index)

    async def _replace(self, name: str, content: bytes) -> None:
        await self._done(
            obstore.put_async(
                self._store,
                self._key(name),
                content,
                attributes=_TEXT,
                mode="overwrite",
                use_multipart=False,
            )
        )

    async def _put(self, path: str, content: bytes) -> None:
        put = obstore.put_async(
            self._store, self._key(path), content, attributes=_TILE, mode="create", use_multipart=False
        )
        try:
            await self._done(put)
        except exceptions.AlreadyExistsError:
            if await self.get(path) != content:
                raise TileConflict(path) from None

    async def _look(self) -> None:
        if self._looked:
            return
        try:
            await check_conditions(self._store, self._address)
        except BucketTrouble as error:
            raise TlogUnavailable(str(error)) from error
        self._looked = True

    def _key(self, path: str) -> str:
        return self._address.path(checked(path))

    async def _done(self, call: Awaitable[T]) -> T:
        try:
            return await done(call, self._address)
        except ObjectMissing:
            raise
        except BucketTrouble as error:
            raise TlogUnavailable(str(error)) from error


_TILE: Attributes = {
    "Content-Type": "application/octet-stream",
    "Cache-Control": "public, max-age=31536000, immutable",
}
_TEXT: Attributes = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "public, max-age=2"}
