"""Makes the root of a log's tree from its entries, with nothing but Python, and compares it with what the
checkpoint says: for whoever trusts no program of hoso.

    python3 root.py FOLDER [CHECKPOINT]

FOLDER holds the log's tiles (`tile/entries/...`), copied or downloaded from below /tlog/; CHECKPOINT is the
published one or one that was kept, FOLDER/checkpoint unless named. RFC 6962 and C2SP tlog-tiles; the
signatures under the checkpoint are for other programs to check.
"""

import base64
import hashlib
import sys
from pathlib import Path

folder = Path(sys.argv[1])
checkpoint = Path(sys.argv[2]) if len(sys.argv) > 2 else folder / "checkpoint"
origin, size, root = checkpoint.read_text(encoding="utf-8").split("\n")[:3]
stack = []  # (height, hash) of complete subtrees, the largest first


def bundle(index, width):
    """The entries of a whole bundle, or of the partial one at the end."""
    parts = [f"{index % 1000:03d}"]
    while index := index // 1000:
        parts.insert(0, f"x{index % 1000:03d}")
    path = folder / "tile" / "entries" / "/".join(parts)
    content = (path.with_name(f"{path.name}.p") / str(width) if not path.exists() else path).read_bytes()
    for _ in range(width):
        length = int.from_bytes(content[:2], "big")
        yield content[2 : 2 + length]
        content = content[2 + length :]


for leaf in range(int(size)):
    if leaf % 256 == 0:
        entries = bundle(leaf // 256, min(256, int(size) - leaf))
    height, node = 0, hashlib.sha256(b"\x00" + next(entries)).digest()
    while stack and stack[-1][0] == height:
        node, height = hashlib.sha256(b"\x01" + stack.pop()[1] + node).digest(), height + 1
    stack.append((height, node))
node = stack.pop()[1]
while stack:
    node = hashlib.sha256(b"\x01" + stack.pop()[1] + node).digest()
made = base64.b64encode(node).decode()
print(f"{origin}: {size} entries give the root {made}, the checkpoint says {root}")
sys.exit(made != root)
