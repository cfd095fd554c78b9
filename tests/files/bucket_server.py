"""An S3-compatible server over HTTP on this machine, which judges signatures: moto's, in a process of its
own. Its user has the rights on the bucket and nobody else has any."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import boto3  # type: ignore[import-untyped]

from infra.bucket import BucketAddress

SETTING_UP = 3  # calls before signatures are judged: those that make the user, his rights and his key
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket on the running server. `client`: boto3's, to look behind the store's back."""

    address: BucketAddress
    client: Any

    def at(self, prefix: str) -> BucketAddress:
        return replace(self.address, prefix=prefix)


@contextmanager
def bucket_server() -> Iterator[Bucket]:
    """The server with an empty bucket, until the block ends."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {"INITIAL_NO_AUTH_ACTION_COUNT": str(SETTING_UP)}
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield _made(url)
    finally:
        process.kill()
        process.wait()


def _made(url: str) -> Bucket:
    anybody = {"aws_access_key_id": "none", "aws_secret_access_key": "none", "region_name": "us-east-1"}
    iam = boto3.client("iam", endpoint_url=url, **anybody)
    iam.create_user(UserName="hoso")
    iam.put_user_policy(UserName="hoso", PolicyName="all", PolicyDocument=POLICY)
    key = iam.create_access_key(UserName="hoso")["AccessKey"]
    ours = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    client = boto3.client("s3", endpoint_url=url, region_name="us-east-1", **ours)
    client.create_bucket(Bucket="papers")
    address = BucketAddress("papers", "hoso", url, "us-east-1", key["AccessKeyId"], key["SecretAccessKey"])
    return Bucket(address, client)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def wait_for(port: int) -> None:
    """Until somebody listens there; at most 30 s."""
    for _ in range(300):
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the bucket server did not start within 30 s")
