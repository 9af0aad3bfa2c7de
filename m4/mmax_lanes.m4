# MMAX_LANES: which instruction sets the kernels are compiled for besides the baseline, by the host
# and by what the compiler knows; the processor is asked when the program runs.
AC_DEFUN([MMAX_LANES], [
    AC_REQUIRE([AC_CANONICAL_HOST])
    mmax_have_avx2=no mmax_have_avx512=no mmax_have_neon=no
    AC_SUBST([MMAX_AVX2_CFLAGS], ["-mavx2 -mfma"])
    AC_SUBST([MMAX_AVX512_CFLAGS], ["-mavx512f -mavx512dq -mavx512bw -mavx512vl -mavx2 -mfma"])
    AS_CASE([$host_cpu],
        [x86_64], [
            MMAX_TRY_CFLAG([$MMAX_AVX2_CFLAGS], [mmax_have_avx2=yes])
            MMAX_TRY_CFLAG([$MMAX_AVX512_CFLAGS], [mmax_have_avx512=yes])],
        [aarch64*], [mmax_have_neon=yes])
    AM_CONDITIONAL([HAVE_AVX2], [test $mmax_have_avx2 = yes])
    AM_CONDITIONAL([HAVE_AVX512], [test $mmax_have_avx512 = yes])
    AM_CONDITIONAL([HAVE_NEON], [test $mmax_have_neon = yes])
    mmax_sets=baseline
    AS_IF([test $mmax_have_avx2 = yes], [mmax_sets="$mmax_sets, avx2"])
    AS_IF([test $mmax_have_avx512 = yes], [mmax_sets="$mmax_sets, avx512"])
    AS_IF([test $mmax_have_neon = yes], [mmax_sets="$mmax_sets, neon"])
])
