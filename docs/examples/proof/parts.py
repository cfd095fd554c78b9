"""Cuts a .tlog-proof of hoso apart for tools that others wrote, with nothing but Python: `entry` (what the
leaf is the hash of), `path` (hashes) and `checkpoint` (the signed note).

    python3 parts.py FILE.tlog-proof
"""

import base64
import hashlib
import json
import struct
import sys
import uuid
from datetime import UTC, datetime, timedelta

with open(sys.argv[1], encoding="utf-8") as file:
    head, checkpoint = file.read().split("\n\n", 1)
magic, extra, index, *path = head.split("\n")
assert magic == "c2sp.org/tlog-proof@v1"
fact = json.loads(base64.b64decode(extra.removeprefix("extra ")))["fact"]
since_1970 = datetime.fromisoformat(fact["recorded_at"]) - datetime(1970, 1, 1, tzinfo=UTC)
entry = b"\x01" + uuid.UUID(fact["stream"]).bytes
entry += struct.pack(">qqq", fact["version"], fact["position"], since_1970 // timedelta(microseconds=1))
entry += hashlib.sha256(base64.b64decode(fact["payload"])).digest() + fact["topic"].encode()
for name, content in (
    ("entry", entry),
    ("path", "".join(f"{line}\n" for line in path).encode()),
    ("checkpoint", checkpoint.encode()),
):
    with open(name, "wb") as part:
        part.write(content)
print(index.removeprefix("index "))
