"""The languages that people are answered in; apart from the texts, for who needs nothing else of them."""

from __future__ import annotations

from typing import Final, Literal

Language = Literal["vi", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")
