"""What holds of the project's own unit tables, whoever made them."""

from collections import Counter, defaultdict

from infra import reference
from infra.reference_files import read_succession, read_units


def test_every_unit_stands_under_one_of_its_own_era() -> None:
    units = list(read_units(reference.UNITS))
    known = {(unit.era, unit.code) for unit in units}
    assert Counter((u.era, u.level) for u in units) == {
        ("old", "province"): 63,
        ("old", "district"): 696,
        ("old", "commune"): 10_035,
        ("new", "province"): 34,
        ("new", "commune"): 3_321,
    }
    assert all((u.era, u.parent_code) in known for u in units if u.parent_code is not None)


def test_every_commune_has_one_default_successor_and_every_new_one_a_predecessor() -> None:
    units = list(read_units(reference.UNITS))
    old = {u.code for u in units if (u.era, u.level) == ("old", "commune")}
    new = {u.code for u in units if (u.era, u.level) == ("new", "commune")}
    links = list(read_succession(reference.SUCCESSION))
    defaults = Counter(
        link.old_commune_code for link in links if link.default_successor and link.old_commune_code
    )
    assert set(defaults) == old
    assert set(defaults.values()) == {1}
    assert {link.new_commune_code for link in links} == new


def test_a_part_is_never_alone_and_a_whole_always() -> None:
    relations: dict[str, list[str]] = defaultdict(list)
    for link in read_succession(reference.SUCCESSION):
        relations[link.old_commune_code or link.old_district_code].append(link.relation)
    assert all(
        found == ["whole"] or (len(found) > 1 and set(found) == {"part"}) for found in relations.values()
    )
    assert sum(1 for found in relations.values() if len(found) > 1) == 440


def test_every_old_province_came_whole_into_one_new_province() -> None:
    units = list(read_units(reference.UNITS))
    province = {(u.era, u.code): u.province_code for u in units}
    heirs: dict[str, set[str]] = defaultdict(set)
    for link in read_succession(reference.SUCCESSION):
        source = province["old", link.old_commune_code or link.old_district_code]
        heirs[source].add(province["new", link.new_commune_code])
    assert len(heirs) == 63
    assert all(len(found) == 1 for found in heirs.values())
    assert heirs["24"] == heirs["27"] == {"24"}
