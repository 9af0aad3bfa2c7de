#!/usr/bin/env python3
"""Prints the polynomials of functions.h: interpolation at Chebyshev's nodes, which is within a few
per cent of the best uniform approximation, solved with 60 digits.

exp(r) = 1 + r q(r)                 |r| <= ln(2)/2; -1 - 1/512 <= r <= 0 for the decline
log(m) = 2 s + s z w(z)             s = (m - 1)/(m + 1), z = s^2, sqrt(1/2) <= m <= sqrt(2)
"""
from decimal import Decimal as D, getcontext

import numpy

getcontext().prec = 60
LN2 = D(2).ln()


def cosine(x):
    term = total = D(1)
    for k in range(1, 60):
        term *= -x * x / ((2 * k - 1) * (2 * k))
        total += term
    return total


PI = D("3.14159265358979323846264338327950288419716939937510582097494459")


def interpolate(f, low, high, degree):
    n = degree + 1
    nodes = [(low + high) / 2 + (high - low) / 2 * cosine(PI * (2 * i + 1) / (2 * n)) for i in range(n)]
    rows = [[x**j for j in range(n)] + [f(x)] for x in nodes]
    for i in range(n):
        pivot = max(range(i, n), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for k in range(n):
            if k != i:
                factor = rows[k][i] / rows[i][i]
                rows[k] = [a - factor * b for a, b in zip(rows[k], rows[i])]
    return [rows[i][n] / rows[i][i] for i in range(n)]


def exponential(r):
    term = total = D(1)
    for k in range(2, 40):
        term *= r / k
        total += term
    return total


def logarithm(z):
    return 2 * sum(z**k / (2 * k + 3) for k in range(40))


def show(name, coefficients, kind):
    print(name)
    for c in coefficients:
        value = float(c)
        print("    %s," % (value.hex() if kind == "d" else float(numpy.float32(value)).hex() + "f"))


Z = ((D(2).sqrt() - 1) / (D(2).sqrt() + 1)) ** 2
for kind, exp_degree, decline_degree, log_degree in (("f", 5, 6, 3), ("d", 10, 11, 7)):
    show("exp " + kind, interpolate(exponential, -LN2 / 2, LN2 / 2, exp_degree), kind)
    show("decline " + kind, interpolate(exponential, -1 - D(1) / 512, D(0), decline_degree), kind)
    show("log " + kind, interpolate(logarithm, D(0), Z, log_degree), kind)
