# MMAX_HARDENING: what distributions build with against mistakes that attackers would use, for those
# that compile by hand as well.  Sets MMAX_HARDENING_CFLAGS and MMAX_HARDENING_LDFLAGS, for
# everything, and MMAX_PIE_CFLAGS and MMAX_PIE_LDFLAGS, for the program, to those that the compiler
# and the linker know.
AC_DEFUN([MMAX_HARDENING], [
    AC_REQUIRE([AC_CANONICAL_HOST])
    AC_ARG_ENABLE([hardening],
        [AS_HELP_STRING([--disable-hardening],
            [build without _FORTIFY_SOURCE, stack protector, PIE and RELRO])])
    # The sanitizers look closer themselves, and coverage is counted without optimization.
    AS_CASE([.$enable_sanitizers.$enable_tsan.$enable_coverage.], [*.yes.*], [enable_hardening=no])
    MMAX_HARDENING_CFLAGS= MMAX_HARDENING_LDFLAGS= MMAX_PIE_CFLAGS= MMAX_PIE_LDFLAGS=
    AS_IF([test "x$enable_hardening" != xno], [
        # The C library's checks need optimization, and some of them warn that they do.
        AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
            #ifndef __OPTIMIZE__
            #error no optimization
            #endif
            ]])], [MMAX_HARDENING_CFLAGS="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"])
        for mmax_flag in -fstack-protector-strong -fstack-clash-protection; do
            MMAX_TRY_LINK_FLAG([$mmax_flag],
                [MMAX_HARDENING_CFLAGS="$MMAX_HARDENING_CFLAGS $mmax_flag"])
        done
        for mmax_flag in -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack; do
            MMAX_TRY_LINK_FLAG([$mmax_flag],
                [MMAX_HARDENING_LDFLAGS="$MMAX_HARDENING_LDFLAGS $mmax_flag"])
        done
        MMAX_TRY_LINK_FLAG([-fPIE -pie], [MMAX_PIE_CFLAGS=-fPIE MMAX_PIE_LDFLAGS=-pie])
    ])
    AC_SUBST([MMAX_HARDENING_CFLAGS])
    AC_SUBST([MMAX_HARDENING_LDFLAGS])
    AC_SUBST([MMAX_PIE_CFLAGS])
    AC_SUBST([MMAX_PIE_LDFLAGS])
])

# MMAX_TRY_LINK_FLAG(FLAGS, IF-KNOWN)
AC_DEFUN([MMAX_TRY_LINK_FLAG], [
    mmax_saved_cflags=$CFLAGS
    CFLAGS="$CFLAGS -Werror $1"
    AC_MSG_CHECKING([whether $CC links with $1])
    AC_LINK_IFELSE([AC_LANG_PROGRAM()], [AC_MSG_RESULT([yes]); $2], [AC_MSG_RESULT([no])])
    CFLAGS=$mmax_saved_cflags
])
