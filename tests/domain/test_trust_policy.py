"""Trust policies (C2SP tlog-policy): what is read, what is refused and at which line, and who is a quorum."""

from __future__ import annotations

import hashlib
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.notes import ED25519, ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE, VerifierKey
from domain.trust_policy import MOST_OF_A_KIND, PolicyBroken, TrustPolicy, read_policy


def key(name: str, algorithm: int = ED25519_COSIGNATURE, number: int = 0) -> VerifierKey:
    length = 1312 if algorithm == ML_DSA_44_COSIGNATURE else 32
    seed = hashlib.sha256(f"{name}{number}".encode()).digest()
    return VerifierKey(name, algorithm, (seed * 41)[:length])


LOG = key("log.example", ED25519)
X1, X2, X3, Y1, Y2, Y3 = (key(f"w.example/{name}") for name in ("x1", "x2", "x3", "y1", "y2", "y3"))

TWO_LEVELS = f"""
# As in the specification: two levels of groups.
log {LOG} https://log.example/

witness X1 {X1}
witness X2 {X2} https://x2.example/w
\twitness  X3\t{X3}\x20
group X-witnesses 2 X1 X2 X3
witness Y1 {Y1}
witness Y2 {Y2}
witness Y3 {Y3}
  # a comment
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def read(text: str) -> TrustPolicy:
    return read_policy(text.encode())


def test_the_example_of_the_specification_is_read() -> None:
    policy = read(TWO_LEVELS)
    assert [(log.key, log.url, log.line) for log in policy.logs] == [(LOG, "https://log.example/", 3)]
    assert [(w.name, w.url) for w in policy.witnesses[:3]] == [
        ("X1", None),
        ("X2", "https://x2.example/w"),
        ("X3", None),
    ]
    assert policy.keys_of("log.example") == (LOG,)
    assert policy.keys_of("other.example") == ()
    assert policy.reached({X1, X3, Y2})
    assert not policy.reached({X1, Y1, Y2, Y3})
    assert not policy.reached({X1, X2, X3})


def test_a_quorum_is_one_witness_a_group_or_nobody() -> None:
    one = f"witness a {X1}\nwitness b {X2}\n"
    assert read(one + "quorum b\n").reached({X2})
    assert not read(one + "quorum b\n").reached({X1})
    assert read("quorum none\n").reached(set())
    assert not read(one + "group g any a b\nquorum g\n").reached(set())


def test_the_same_name_in_another_key_counts_for_nothing() -> None:
    policy = read(f"witness a {X1}\nquorum a\n")
    assert not policy.reached({key(X1.name, number=1)})
    assert not policy.reached({VerifierKey("another.example", X1.algorithm, X1.public_key)})


def test_names_are_opaque() -> None:
    kelvin = f"witness K {X1}\nwitness \u212a {X2}\nquorum \u212a\n"
    assert read(kelvin).reached({X2})
    assert not read(kelvin).reached({X1})
    raw = f"witness \xff {X1}\nwitness \xfe {X2}\nquorum \xfe\n".encode("latin-1")
    assert read_policy(raw).reached({X2})
    assert not read_policy(raw).reached({X1})


def test_a_no_break_space_is_part_of_a_name() -> None:
    assert read(f"witness a\u00a0b {X1}\nquorum a\u00a0b\n").witnesses[0].name == "a\u00a0b"


BROKEN = {
    "nothing": ("", 1, "without a quorum"),
    "no quorum": (f"witness a {X1}\n", 1, "without a quorum"),
    "two quorums": (f"witness a {X1}\nquorum a\nquorum none\n", 3, "a second quorum"),
    "an unknown word": ("# x\nquorm none\n", 2, "'quorm' begins no line"),
    "a word too many": ("quorum none none\n", 1, "begins no line"),
    "a log without a key": ("log\nquorum none\n", 1, "begins no line"),
    "a log with two addresses": (f"log {LOG} a b\nquorum none\n", 1, "begins no line"),
    "a witness without a name": (f"witness {X1}\nquorum none\n", 1, "begins no line"),
    "a group without members": (f"witness a {X1}\ngroup g any\nquorum g\n", 2, "no members"),
    "a group before its member": (f"group g any a\nwitness a {X1}\nquorum g\n", 1, "'a' is no witness"),
    "a group of itself": (f"witness a {X1}\ngroup g any a g\nquorum g\n", 2, "'g' is no witness"),
    "a quorum before its witness": (f"quorum a\nwitness a {X1}\n", 1, "'a' is no witness"),
    "nobody as a member": ("group g any none\nquorum g\n", 1, "'none' is no witness"),
    "nobody as a name": (f"witness none {X1}\nquorum none\n", 1, "the name 'none' is taken"),
    "a name twice": (f"witness a {X1}\nwitness a {X2}\nquorum a\n", 2, "the name 'a' is taken"),
    "a group's name twice": (f"witness a {X1}\ngroup a any a\nquorum a\n", 2, "the name 'a' is taken"),
    "a member twice": (
        f"witness a {X1}\nwitness b {X2}\ngroup g any a a\nquorum g\n",
        3,
        "only once",
    ),
    "a member of two groups": (
        f"witness a {X1}\nwitness b {X2}\ngroup g any a b\ngroup h any b g\nquorum h\n",
        4,
        "listed as a member twice",
    ),
    "none of one": (f"witness a {X1}\ngroup g 0 a\nquorum g\n", 2, "'0' of 1"),
    "two of one": (f"witness a {X1}\ngroup g 2 a\nquorum g\n", 2, "'2' of 1"),
    "one with a zero": (f"witness a {X1}\ngroup g 01 a\nquorum g\n", 2, "'01' of 1"),
    "one in other digits": (f"witness a {X1}\ngroup g ١ a\nquorum g\n", 2, "of 1: write"),
    "most": (f"witness a {X1}\ngroup g most a\nquorum g\n", 2, "'most' of 1"),
    "a key twice": (
        f"witness a {X1}\nwitness b {VerifierKey('b', ED25519_COSIGNATURE, X1.public_key)}\nquorum a\n",
        2,
        "another witness's already",
    ),
    "a log twice": (
        f"log {LOG}\nlog {VerifierKey('b.example', ED25519, LOG.public_key)}\nquorum none\n",
        2,
        "another log's already",
    ),
    "a witness with a log's kind of key": (f"witness a {LOG}\nquorum a\n", 1, "a key for cosignatures"),
    "a changed key": (f"witness a {str(X1).replace('x1', 'x2')}\nquorum a\n", 1, "was changed"),
    "a key in capitals": (
        f"witness a {X1.name}+{X1.key_id.hex().upper()}+{str(X1).split('+', 2)[2]}\nquorum a\n",
        1,
        "was changed|not written",
    ),
    "a key with a strange blank": (f"witness a {X1}\u2003\nquorum a\n", 1, "not written as|not base64"),
    "a cut file": (f"witness a {X1}\nquorum a", 2, "does not end in a newline"),
    "windows lines": (f"witness a {X1}\r\nquorum a\r\n", 1, "control character"),
    "a zero byte": ("quorum none\n\0\n", 2, "control character"),
    "a comment after a line": ("quorum none # nobody\n", 1, "begins no line"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_what_is_no_policy_is_refused_at_its_line(how: str) -> None:
    text, line, says = BROKEN[how]
    with pytest.raises(PolicyBroken, match=says) as broken:
        read(text)
    assert broken.value.line == line


def test_a_key_whose_name_is_no_text_is_refused() -> None:
    with pytest.raises(PolicyBroken, match="not UTF-8"):
        read_policy(f"witness a \xff{X1}\nquorum a\n".encode("latin-1"))


@pytest.mark.parametrize("kind", ["logs", "witnesses", "groups"])
def test_as_many_as_the_specification_asks_for_are_read_and_there_is_a_limit(kind: str) -> None:
    def policy(count: int) -> str:
        keys = [
            key(f"{number}.example", ED25519 if kind == "logs" else ED25519_COSIGNATURE)
            for number in range(count)
        ]
        if kind == "logs":
            return "".join(f"log {each}\n" for each in keys) + "quorum none\n"
        lines = [f"witness w0 {keys[0]}"]
        if kind == "witnesses":
            lines = [f"witness w{number} {each}" for number, each in enumerate(keys)]
        else:
            lines += [f"group w{number} any w{number - 1}" for number in range(1, count + 1)]
        return "\n".join([*lines, f"quorum {lines[-1].split()[1]}\n"])

    assert len(getattr(read(policy(MOST_OF_A_KIND)), kind)) == MOST_OF_A_KIND
    with pytest.raises(PolicyBroken, match=f"more than {MOST_OF_A_KIND}"):
        read(policy(MOST_OF_A_KIND + 1))


def test_a_file_without_an_end_is_refused() -> None:
    with pytest.raises(PolicyBroken, match="at most"):
        read_policy(b"#" * 2_000_000)


WITNESSES = (X1, X2, X3, Y1, Y2, Y3)
Tree = int | tuple[int, list["Tree"]]


def subsets() -> list[set[VerifierKey]]:
    return [set(each) for each in chain(*(combinations(WITNESSES, n) for n in range(7)))]


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """A tree over all six witnesses: each level joins some of what is left into a group of k."""
    left: list[Tree] = list(range(6))
    while len(left) > 1:
        size = draw(st.integers(2, len(left)))
        members, left = left[:size], left[size:]
        left.append((draw(st.integers(1, size)), members))
    return left[-1]


def holds(tree: Tree, cosigned: set[VerifierKey]) -> bool:
    """The definition, literally."""
    if isinstance(tree, int):
        return WITNESSES[tree] in cosigned
    least, members = tree
    return sum(holds(member, cosigned) for member in members) >= least


def written(tree: Tree, lines: list[str]) -> str:
    if isinstance(tree, int):
        return f"w{tree}"
    least, members = tree
    names = [written(member, lines) for member in members]
    name = f"g{len(lines)}"
    word = {1: "any", len(names): "all"}.get(least, str(least))
    lines.append(f"group {name} {word} {' '.join(names)}")
    return name


@given(trees())
def test_a_quorum_of_groups_is_what_its_definition_says(tree: Tree) -> None:
    lines = [f"witness w{number} {each}" for number, each in enumerate(WITNESSES)]
    name = written(tree, lines)
    policy = read("\n".join([*lines, f"quorum {name}\n"]))
    for cosigned in subsets():
        assert policy.reached(cosigned) == holds(tree, cosigned)
