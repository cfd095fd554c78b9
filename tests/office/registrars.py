"""Who keeps the registers: appointed once, with a posting of that role."""

from __future__ import annotations

from application.changing import Asked
from tests.office.province import PROVINCE
from tests.office.world import Office

NUMBER = "registrar of people"


async def by_registrar(office: Office) -> Asked:
    """A command of the registrar's own."""
    if NUMBER not in office.officers:
        posting = {"agency": PROVINCE, "roles": ["registrar"]}
        entry = {"number": NUMBER, "name": "Lê Thị Sổ", "postings": [posting]}
        office.officers[NUMBER] = await office.appointed(entry)
    return Asked(office.officers[NUMBER], office.command())
