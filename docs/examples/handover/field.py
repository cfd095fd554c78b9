"""One value of the JSON on standard input: `field.py parts 0 digest`. What is an error says so instead."""

from __future__ import annotations

import json
import sys

value = json.load(sys.stdin)
if "error" in value:
    sys.exit(value["error"]["message"])
for step in sys.argv[1:]:
    value = value[int(step) if isinstance(value, list) else step]
print(value)
