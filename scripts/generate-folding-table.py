#!/usr/bin/env python3
"""Writes Sources/RuleEngine/Folding/FoldingData.swift: what folding makes of each character.

    python3 scripts/generate-folding-table.py > Sources/RuleEngine/Folding/FoldingData.swift

Needs opencc_dict and TSCharacters.ocd2 (Debian: opencc, libopencc-data). Unicode's part comes
from Python's own unicodedata, so another Python may write another Unicode version.

A character's folding is NFKC_Casefold, then traditional to simplified, repeated until nothing
changes. Of OpenCC's candidates the first one is taken, its own default: patterns and messages are
folded alike, so that a character which is also good simplified Chinese (乾 in 乾隆) still meets
itself, while 餅乾 meets 饼干. Characters OpenCC would rather keep (瞭, 覆, 藉) stay.
"""
import subprocess
import sys
import tempfile
import unicodedata

DICTIONARY = "/usr/share/opencc/TSCharacters.ocd2"

# Default_Ignorable_Code_Point (DerivedCoreProperties.txt), which Python doesn't carry.
IGNORABLE = [
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
]
# Marks carry no meaning for keywords. Letters, digits, combining signs and currency do, and so
# does "+", or C++ would be C. Private use is where old phones keep their emoji, and the emoji
# blocks are taken whole so that next year's emoji are marks too.
MARK_CATEGORIES = {
    "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Me", "So",
    "Sk", "Sm",
}
EMOJI = (0x1F000, 0x1FAFF)
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]


def ignorable(scalar):
    return any(first <= scalar <= last for first, last in IGNORABLE)


def casefold(text):
    """NFKC_Casefold of a whole text (the Unicode Standard, D145 to D147)."""
    while True:
        kept = "".join(c for c in unicodedata.normalize("NFD", text) if not ignorable(ord(c)))
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", kept).casefold())
        if folded == text:
            return folded
        text = folded


def simplified():
    with tempfile.NamedTemporaryFile() as out:
        command = ["opencc_dict", "-i", DICTIONARY, "-f", "ocd2", "-o", out.name, "-t", "text"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        lines = open(out.name, encoding="utf-8").read().splitlines()
    pairs = (line.split("\t") for line in lines)
    return {key: values.split(" ")[0] for key, values in pairs}


def kind(scalar, folded, script):
    """What changed, as the letter FoldingTable reads: s(cript), c(ase), w(idth), b(oth), k."""
    character = chr(scalar)
    if character in script:
        return "s"
    if character.casefold() == folded:
        return "c"
    if unicodedata.decomposition(character).split(" ")[0] in ("<wide>", "<narrow>"):
        return "w" if unicodedata.normalize("NFKC", character) == folded else "b"
    return "k"


def wrapped(words, separator):
    line = ""
    for word in words:
        if line and len(line) + len(separator) + len(word) > 88:
            yield line
            line = word
        else:
            line = line + separator + word if line else word
    if line:
        yield line


def runs(mapping, kinds):
    """Groups first-last/step>target, where the targets rise with their sources."""
    single = {s: ord(t) for s, t in mapping.items() if len(t) == 1}
    done = set()
    for s in sorted(mapping):
        if s in done:
            continue
        if not mapping[s]:
            last = s
            while mapping.get(last + 1) == "":
                last += 1
            done.update(range(s, last + 1))
            yield f"{kinds[s]}{s:x}>" if last == s else f"{kinds[s]}{s:x}-{last:x}>"
            continue
        if s not in single:
            yield f"{kinds[s]}{s:x}>" + ",".join(f"{ord(c):x}" for c in mapping[s])
            continue
        best = (s, 1)
        for step in (1, 2):
            last = s
            while (
                last + step not in done
                and single.get(last + step) == single[s] + last + step - s
                and kinds[last + step] == kinds[s]
            ):
                last += step
            if (last - s) // step > (best[0] - s) // best[1]:
                best = (last, step)
        last, step = best
        done.update(range(s, last + 1, step))
        span = f"{s:x}" if last == s else f"{s:x}-{last:x}" + ("/2" if step == 2 else "")
        yield f"{kinds[s]}{span}>{single[s]:x}"


def ranges(members):
    first = last = None
    for scalar in sorted(members):
        if last is not None and scalar == last + 1:
            last = scalar
            continue
        if first is not None:
            yield f"{first:x}-{last:x}" if last > first else f"{first:x}"
        first = last = scalar
    yield f"{first:x}-{last:x}" if last > first else f"{first:x}"


def main():
    script = simplified()

    def fold(text):
        while True:
            folded = "".join(script.get(c, c) for c in casefold(text))
            if folded == text:
                return folded
            text = folded

    mapping = {}
    for scalar in SCALARS:
        folded = fold(chr(scalar))
        if folded != chr(scalar):
            mapping[scalar] = folded
    # Each character on its own must already be stable: the running program folds one at a time.
    for folded in mapping.values():
        assert all(ord(c) not in mapping for c in folded), folded
    kinds = {s: kind(s, t, script) for s, t in mapping.items()}
    pairs = {s: t for s, t in mapping.items() if kinds[s] == "s"}
    rest = {s: t for s, t in mapping.items() if kinds[s] != "s"}
    marks = [
        s for s in SCALARS if s not in mapping and chr(s) != "+"
        and (unicodedata.category(chr(s)) in MARK_CATEGORIES or EMOJI[0] <= s <= EMOJI[1])
    ]
    growth = max(-(-len(t) // len(chr(s).encode())) for s, t in mapping.items())

    def block(name, comment, words, separator):
        print(f"    /// {comment}")
        print(f'    static let {name} = """')
        lines = list(wrapped(words, separator))
        continued = "\\" if separator == "" else ""
        for index, line in enumerate(lines):
            print("        " + line + (continued if index < len(lines) - 1 else ""))
        print('        """')

    print("// Written by scripts/generate-folding-table.py; change that, not this.")
    print("//")
    print(f"// Sources: Unicode {unicodedata.unidata_version} (NFKC_Casefold and general categories;")
    print("// Unicode License v3) and OpenCC's TSCharacters (traditional to simplified, by character;")
    print("// Apache License 2.0).")
    print()
    print("/// The characters that folding changes or takes for marks, as compact text.")
    print("enum FoldingData {")
    print("    /// The most characters that one byte of UTF-8 can fold to.")
    print(f"    static let growth = {growth}")
    print()
    block("script", "Pairs: a traditional character, then its simplified form.",
          (chr(s) + t for s, t in sorted(pairs.items())), "")
    print()
    block("compatibility", "Kind, source or first-last/step, `>`, target (the first's), in hex.",
          runs(rest, kinds), " ")
    print()
    block("marks", "Characters and ranges, in hex, that keywords leave out.", ranges(marks), " ")
    print("}")
    sys.stderr.write(f"{len(pairs)} pairs, {len(rest)} others, {len(marks)} marks\n")


main()
