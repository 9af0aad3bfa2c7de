# MMAX_ARITHMETIC: sets MMAX_ARITHMETIC_CFLAGS to what the same digits everywhere take: no contraction
# to fused multiply-adds behind our back, and on 32-bit x86 no registers of 80 bits.
AC_DEFUN([MMAX_ARITHMETIC], [
    AC_REQUIRE([AC_CANONICAL_HOST])
    MMAX_ARITHMETIC_CFLAGS=-ffp-contract=off
    AS_CASE([$host_cpu], [i?86], [MMAX_TRY_CFLAG([-msse2 -mfpmath=sse],
        [MMAX_ARITHMETIC_CFLAGS="$MMAX_ARITHMETIC_CFLAGS -msse2 -mfpmath=sse"])])
    AC_SUBST([MMAX_ARITHMETIC_CFLAGS])
])
