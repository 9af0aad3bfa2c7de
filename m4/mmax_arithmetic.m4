# MMAX_ARITHMETIC: sets MMAX_ARITHMETIC_CFLAGS to what the same digits everywhere take: no contraction
# to fused multiply-adds behind our back, on 32-bit x86 no registers of 80 bits, and on s390 no
# float32 computed as float64, which is what C11 is there although its instructions need it not.
AC_DEFUN([MMAX_ARITHMETIC], [
    AC_REQUIRE([AC_CANONICAL_HOST])
    MMAX_ARITHMETIC_CFLAGS=-ffp-contract=off
    mmax_flags=
    AS_CASE([$host_cpu],
        [i?86], [mmax_flags="-msse2 -mfpmath=sse"],
        [s390*], [mmax_flags=-fexcess-precision=fast])
    AS_IF([test "x$mmax_flags" != x], [MMAX_TRY_CFLAG([$mmax_flags],
        [MMAX_ARITHMETIC_CFLAGS="$MMAX_ARITHMETIC_CFLAGS $mmax_flags"])])
    AC_SUBST([MMAX_ARITHMETIC_CFLAGS])
])
