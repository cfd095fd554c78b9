"""The furnished office of the handover's tests."""

from __future__ import annotations

from tests.office.conftest import office

__all__ = ["office"]
