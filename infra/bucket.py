"""A bucket of an S3-compatible service, through obstore (decision 0015): how it is reached, and what its
failures mean to the operator. `infra/file_bucket.py`, `tile_store.py` and `head_store.py` keep things in one.

Promises: every request ends within a bounded time; nothing of the environment of other programs is used; no
sentence has a key in it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import obstore
from obstore import exceptions
from obstore.store import S3Store

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Credential

CONNECT_SECONDS = 5
READ_SECONDS = 15
REQUEST_SECONDS = 120
RETRY_SECONDS = 10
RETRIES = 2
STATUS = re.compile(r"status code: ([0-9]{3})\b")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """Where the bucket is. `endpoint` "": that of Amazon's region. `setting`: the variable that names the
    bucket, whose name those of its endpoint, region, key and secret begin with."""

    bucket: str
    prefix: str
    endpoint: str
    region: str
    key: str = field(repr=False)
    secret: str = field(repr=False)
    setting: str = "HOSO_FILES"

    @property
    def where(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def path(self, name: str) -> str:
        """The object's key in the bucket."""
        return f"{self.prefix}/{name}" if self.prefix else name


class BucketTrouble(Exception):
    """The bucket cannot be used; the text says why and what to do."""


class ObjectMissing(BucketTrouble):
    """There is no such object."""


def s3_store(address: BucketAddress) -> S3Store:
    """Nothing is connected before the first call."""

    def credential() -> S3Credential:  # so given, no session's token in the environment joins it
        return {
            "access_key_id": address.key,
            "secret_access_key": address.secret,
            "token": None,
            "expires_at": None,
        }

    return S3Store(
        address.bucket,
        config=_config(address),
        client_options={
            "allow_http": address.endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
            "read_timeout": timedelta(seconds=READ_SECONDS),
            "timeout": timedelta(seconds=REQUEST_SECONDS),
        },
        retry_config={
            "max_retries": RETRIES,
            "retry_timeout": timedelta(seconds=RETRY_SECONDS),
            "backoff": {"max_backoff": timedelta(seconds=2)},
        },
        credential_provider=credential,
    )


async def done(call: Awaitable[T], address: BucketAddress) -> T:
    """What a failing bucket says, as a sentence. The service's own words are not repeated: they can have keys
    and addresses in them. A condition that did not hold stays obstore's AlreadyExistsError or
    PreconditionError."""
    try:
        return await call
    except (exceptions.AlreadyExistsError, exceptions.PreconditionError):
        raise
    except (exceptions.BaseError, FileNotFoundError) as error:
        status = STATUS.search(str(error))
        code = int(status[1]) if status else 0
        if code == 404 and "<Code>NoSuchBucket" not in str(error):
            raise ObjectMissing(f"{address.where} has no such object") from error
        raise BucketTrouble(_why(address, code)) from error


def _why(address: BucketAddress, status: int) -> str:
    where, name = address.where, address.setting
    if status in (401, 403):
        return (
            f"the bucket {where} refuses our key: correct {name}_KEY and {name}_SECRET (or bucket.key among "
            "the secrets), and let that key read, write, list and delete there"
        )
    if status == 404:
        return f"there is no bucket {where}: make it, or correct {name}"
    if status == 429 or status >= 500:
        return f"the bucket {where} is overloaded or down (status {status}): try again later"
    if status:
        return (
            f"the bucket {where} refuses this (status {status}): correct {name}, {name}_ENDPOINT and "
            f"{name}_REGION"
        )
    return f"the bucket {where} does not answer: start the service, or correct {name}_ENDPOINT"


async def check_conditions(store: S3Store, address: BucketAddress) -> None:
    """See that the service keeps the conditions of a put, with an object made for it and removed again.
    Raises BucketTrouble where it ignores them: what is there would be written over."""
    name = address.path(f"probe-{secrets.token_hex(8)}")
    put = obstore.put_async
    try:
        first = await done(put(store, name, b"first", mode="create", use_multipart=False), address)
        kept = 0
        for condition in ("create", {"e_tag": '"00000000000000000000000000000000"'}):
            try:
                await done(put(store, name, b"second", mode=condition, use_multipart=False), address)  # type: ignore[arg-type]
            except (exceptions.AlreadyExistsError, exceptions.PreconditionError):
                kept += 1
        if kept == 2:
            await done(
                put(store, name, b"third", mode={"e_tag": first["e_tag"]}, use_multipart=False), address
            )
            return
    except exceptions.BaseError:  # it refuses what holds
        pass
    finally:
        with suppress(BucketTrouble, exceptions.BaseError):
            await done(obstore.delete_async(store, name), address)
    raise BucketTrouble(
        f"the service of {address.where} does not keep the conditions of a write (If-None-Match and "
        "If-Match), so that two programs could write over each other: use a service that does, or name a "
        f"folder in {address.setting}"
    )


def _config(address: BucketAddress) -> S3Config:
    """Every value that obstore would else look for in the environment is set here."""
    config: S3Config = {
        "region": address.region,
        "virtual_hosted_style_request": False,
        "skip_signature": False,
        "unsigned_payload": False,
        "request_payer": False,
        "conditional_put": "etag",
        "endpoint": address.endpoint or f"https://s3.{address.region}.amazonaws.com",
    }
    return config
