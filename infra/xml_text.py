"""Text in XML: what may not stand there becomes U+FFFD, all else comes back as it was.

Most texts need nothing of that, and a country has a hundred million of them: one look says so.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

_NEVER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, however it is written."""
_PLAIN = re.compile("[ !#-%'-;=?-~]*")
"""What stands as it is, in an element or between quotes."""


def in_element(text: str) -> str:
    """Between two tags. A carriage return is written so that no reader makes a line break of it."""
    if _PLAIN.fullmatch(text):
        return text
    return escape(_NEVER.sub("\ufffd", text), {"\r": "&#13;"})


def in_attribute(text: str) -> str:
    """As an attribute's value, with its quotes."""
    if _PLAIN.fullmatch(text):
        return f'"{text}"'
    return quoteattr(_NEVER.sub("\ufffd", text))
