"""Text in XML: what may not stand there becomes U+FFFD, all else comes back as it was."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

_NEVER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, however it is written."""


def in_element(text: str) -> str:
    """Between two tags. A carriage return is written so that no reader makes a line break of it."""
    return escape(_NEVER.sub("\ufffd", text), {"\r": "&#13;"})


def in_attribute(text: str) -> str:
    """As an attribute's value, with its quotes."""
    return quoteattr(_NEVER.sub("\ufffd", text))
