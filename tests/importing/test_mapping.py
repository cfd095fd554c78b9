"""Mapping files: what they may say, and what is wrong with those that cannot be used."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import pytest

from application.import_mapping import ImportMapping, read_mapping
from application.mapping_values import MappingError

DEFAULT = ImportMapping(source="register")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", "must be an object"),
        ("{", "line 1"),
        ("{}", "--source"),
        ('{"source": "a b"}', "source must be"),
        ('{"source": "a", "sauce": 1}', "'sauce' is no member"),
        ('{"source": "a", "status": {"activities": {"x": 11}}}', "1 to 10"),
        ('{"source": "a", "status": {"activities": {"x": true}}}', "1 to 10"),
        ('{"source": "a", "status": {"x": 1}}', "activities and attributes"),
        ('{"source": "a", "status": {"attributes": {"k": 1}}}', "status.attributes.k must be an object"),
        ('{"source": "a", "clear": "x"}', "clear must be a list"),
        ('{"source": "a", "zone": "Mars/North"}', "zone 'Mars/North' is unknown"),
        ('{"source": "a", "zone": "../etc/passwd"}', "is unknown"),
        ('{"source": "a", "zone": "+25:00"}', "is unknown"),
        ('{"source": "a", "place": 7210}', "place must be a text"),
        ('{"source": "a", "case_id_is_code": 1}', "true or false"),
        ("[" * 100_000, "nested too deeply"),
    ],
    ids=lambda value: value[:40],
)
def test_a_mapping_that_cannot_be_used_says_what_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(MappingError) as caught:
        read_mapping(text)
    assert reason in str(caught.value)


def test_the_commands_source_goes_before_the_files() -> None:
    assert read_mapping('{"source": "file"}', "command").source == "command"
    assert read_mapping(None, "command") == ImportMapping(source="command")
    whole: dict[str, Any] = {
        "source": "a",
        "case_id_is_code": True,
        "zone": "+07:00",
        "procedure": "1.1",
        "place": "07210@2025-06-01",
        "status": {"activities": {"x": 1}, "attributes": {"k": {"v": 2}}},
        "resources": ["r"],
        "clear": ["c"],
        "sealed": ["s"],
        "compared_by": ["code", "name"],
        "procedure_key": "MaTTHC",
        "fields": {"case": "a", "activity": "b", "time": "c"},
    }
    mapping = read_mapping(json.dumps(whole))
    assert (mapping.activity_status, mapping.attribute_status) == ({"x": 1}, {"k": {"v": 2}})
    assert {f.name for f in fields(mapping) if getattr(mapping, f.name) == getattr(DEFAULT, f.name)} == set()
    assert datetime(2025, 7, 1, tzinfo=mapping.zone).utcoffset() == timedelta(hours=7)
