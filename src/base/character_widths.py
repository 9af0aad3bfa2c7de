"""Writes character_widths.c; see display_width.c for what the table holds.

    python3 src/base/character_widths.py > src/base/character_widths.c
"""

import unicodedata

# Format characters that are drawn: soft hyphen, and the signs of Arabic, Syriac and Kaithi numbers.
DRAWN = {0x00AD, *range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD}

# Wide although nothing is assigned there yet, as Unicode has it: ideographs.
IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFD))


def is_free(code):
    return unicodedata.category(chr(code)) == "Cn"


def width(code):
    character = chr(code)
    if is_free(code):
        return 2 if any(first <= code <= last for first, last in IDEOGRAPHS) else 1
    if 0x1160 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FF:
        return 0  # vowels and finals of Hangul stand over the initial before them
    if code not in DRAWN and unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


# Ranges of one width are joined over what is not assigned.
ranges = []
for code in range(0xA0, 0xE0200):
    w = width(code)
    if w == 1:
        continue
    if ranges and ranges[-1][2] == w and all(map(is_free, range(ranges[-1][1] + 1, code))):
        ranges[-1][1] = code
    else:
        ranges.append([code, code, w])

print("/* Made by: python3 src/base/character_widths.py > src/base/character_widths.c")
print(f" * from Unicode {unicodedata.unidata_version} */")
print('#include "base/display_width.h"\n')
print("/* clang-format off */")
print("const mmax_character_width mmax_character_widths[] = {")
for i in range(0, len(ranges), 4):
    print("    " + " ".join(f"{{0x{a:x}, 0x{b:x}, {w}}}," for a, b, w in ranges[i : i + 4]))
print("};")
print("const size_t mmax_n_character_widths =")
print("    sizeof mmax_character_widths / sizeof *mmax_character_widths;")
