#!/usr/bin/env python3
"""Writes Sources/RuleEngine/Similarity/PinyinData.swift: one toneless syllable a Han character.

    python3 scripts/generate-pinyin-table.py > Sources/RuleEngine/Similarity/PinyinData.swift

Reads Unihan_Readings.txt.bz2 (Debian: unicode-data), or the file given as the argument.

A character's syllable is its most customary reading for simplified Chinese: the first one of
kMandarin, two characters aside. Tones are dropped, and the vowel ü is written v, as people type
it. Matching compares spellings of both sides, so that a character with several readings still
meets itself.
"""
import bz2
import sys
import unicodedata

READINGS = "/usr/share/unicode/Unihan_Readings.txt.bz2"
FIRST, LAST = 0x3400, 0x9FFF
# Where kMandarin's first reading isn't the one people type: 地 is first the particle de, but asked
# for in 地址; 谁 is shei when spoken.
TYPED = {"地": "di", "谁": "shui"}
# What two digits are written with: printable, and nothing that a Swift string would read.
DIGITS = "".join(chr(c) for c in range(0x23, 0x7F) if chr(c) != "\\")


def toneless(syllable):
    plain = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return "".join(c for c in plain if c.isascii() and c.isalpha())


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else READINGS
    version = "?"
    readings = {}
    for line in bz2.open(path, "rt", encoding="utf-8"):
        if line.startswith("# Unicode version:"):
            version = line.split()[3]
        fields = line.rstrip("\n").split("\t")
        if len(fields) == 3 and fields[1] == "kMandarin":
            readings[int(fields[0][2:], 16)] = toneless(fields[2].split(" ")[0])
    readings.update((ord(character), syllable) for character, syllable in TYPED.items())
    syllables = sorted({s for c, s in readings.items() if FIRST <= c <= LAST and s})
    assert len(syllables) + 1 < len(DIGITS) ** 2
    numbers = {s: n + 1 for n, s in enumerate(syllables)}
    codes = []
    for scalar in range(FIRST, LAST + 1):
        number = numbers.get(readings.get(scalar, ""), 0)
        codes.append(DIGITS[number // len(DIGITS)] + DIGITS[number % len(DIGITS)])

    print("// Written by scripts/generate-pinyin-table.py; change that, not this.")
    print("//")
    print(f"// Source: Unihan {version}, kMandarin (Unicode License v3); 地 and 谁 as people type them.")
    print()
    print("/// The toneless syllable of each Han character, as compact text.")
    print("enum PinyinData {")
    print("    /// The first character of ``codes``.")
    print(f"    static let first: UInt32 = 0x{FIRST:X}")
    print()
    print("    /// The syllables by number, from 1; 0 is none.")
    print('    static let syllables = """')
    line = ""
    for syllable in syllables:
        if len(line) + len(syllable) > 88:
            print("        " + line)
            line = ""
        line += (" " if line else "") + syllable
    print("        " + line)
    print('        """')
    print()
    print("    /// Two digits a character, higher first; the digits are the printable characters")
    print(f"    /// from # on, without the backslash: {len(DIGITS)} of them.")
    print('    static let codes = """')
    for start in range(0, len(codes), 44):
        end = "\\" if start + 44 < len(codes) else ""
        print("        " + "".join(codes[start:start + 44]) + end)
    print('        """')
    print("}")
    found = sum(1 for c in codes if c != DIGITS[0] * 2)
    sys.stderr.write(f"{len(syllables)} syllables, {found} of {len(codes)} characters\n")


main()
