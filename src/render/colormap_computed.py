"""Writes the colour maps that are computed, not published: greys, and blueorange for signed numbers.

    python3 src/render/colormap_computed.py NAME > src/render/colormap_NAME.c

They run through CIELAB (CIE 1976, D65) in even steps, so that equal steps of a number look equal.
blueorange has two hues that every kind of colour vision tells apart, at the same lightness and the
same chroma at equal distances from its neutral middle.
"""

import math
import sys

WHITE = 0.95047, 1.0, 1.08883


def srgb(lightness, a, b):
    """8-bit sRGB (IEC 61966-2-1) of a colour in CIELAB, which must be one that sRGB has."""
    fy = (lightness + 16) / 116
    f = fy + a / 500, fy, fy - b / 200
    x, y, z = (w * (t**3 if t > 6 / 29 else 3 * (6 / 29) ** 2 * (t - 4 / 29)) for w, t in zip(WHITE, f))
    linear = (
        3.2404542 * x - 1.5371385 * y - 0.4985314 * z,
        -0.9692660 * x + 1.8760108 * y + 0.0415560 * z,
        0.0556434 * x - 0.2040259 * y + 1.0572252 * z,
    )
    assert all(-0.002 < c < 1.002 for c in linear), (lightness, a, b, linear)
    linear = (min(max(c, 0), 1) for c in linear)
    return tuple(round(255 * (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055)) for c in linear)


def greys(i):
    """From 10 to 90: apart from the paper of either theme, and from its masked cells."""
    return srgb(10 + 80 * i / 255, 0, 0)


BLUE, ORANGE, CHROMA = math.radians(284), math.radians(58), 50


def blueorange(i):
    distance = abs(i / 127.5 - 1)
    hue = BLUE if i < 128 else ORANGE
    # A straight line in lightness; chroma rises early, so that small differences have a hue.
    chroma = CHROMA * math.sin(math.pi / 2 * distance)
    return srgb(94 - 56 * distance, chroma * math.cos(hue), chroma * math.sin(hue))


MAPS = {"greys": greys, "blueorange": blueorange}

if __name__ == "__main__":
    name = sys.argv[1]
    print(f"/* Made by: python3 src/render/colormap_computed.py {name} > src/render/colormap_{name}.c */")
    print('#include "render/colormap_tables.h"\n')
    print("/* clang-format off */")
    print(f"const mmax_rgb mmax_{name}[MMAX_COLORS] = {{")
    for i in range(0, 256, 4):
        print("    " + " ".join("{%d, %d, %d}," % MAPS[name](k) for k in range(i, i + 4)))
    print("};")
