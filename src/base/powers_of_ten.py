"""Writes powers_of_ten.c; see number.h for what the table holds.

    python3 src/base/powers_of_ten.py > src/base/powers_of_ten.c
"""

LEAST, GREATEST = -342, 324


def leading_128_bits(q):
    if q >= 0:
        numerator, denominator = 5**q, 1
    else:
        numerator, denominator = 1, 5**-q
    shift = 128 + denominator.bit_length()
    quotient = (numerator << shift) // denominator
    return quotient >> (quotient.bit_length() - 128)


def entry(q):
    bits = leading_128_bits(q)
    return f"{{0x{bits >> 64:016x}, 0x{bits & (2**64 - 1):016x}}},"


print("/* Made by: python3 src/base/powers_of_ten.py > src/base/powers_of_ten.c */")
print('#include "base/number.h"\n')
print("/* clang-format off */")
print("const uint64_t mmax_powers_of_ten[MMAX_GREATEST_POWER - MMAX_LEAST_POWER + 1][2] = {")
for q in range(LEAST, GREATEST + 1, 2):
    print("    " + " ".join(entry(p) for p in (q, q + 1) if p <= GREATEST))
print("};")
