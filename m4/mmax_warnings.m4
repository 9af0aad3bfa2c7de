# MMAX_WARNINGS: sets MMAX_WARNING_CFLAGS to those of our warnings that the compiler knows.
# --enable-werror turns them into errors: for us, not for the people who build a release.
AC_DEFUN([MMAX_WARNINGS], [
    AC_ARG_ENABLE([werror],
        [AS_HELP_STRING([--enable-werror], [treat compiler warnings as errors])])
    MMAX_WARNING_CFLAGS=
    for mmax_flag in -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wdouble-promotion \
        -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla \
        -Wformat=2 -Wundef -Wcast-qual -Wwrite-strings -Wpointer-arith -Wnull-dereference \
        -Wimplicit-fallthrough -Wswitch-enum; do
        MMAX_TRY_CFLAG([$mmax_flag], [MMAX_WARNING_CFLAGS="$MMAX_WARNING_CFLAGS $mmax_flag"])
    done
    AS_IF([test "x$enable_werror" = xyes], [MMAX_WARNING_CFLAGS="$MMAX_WARNING_CFLAGS -Werror"])
    AC_SUBST([MMAX_WARNING_CFLAGS])
])

# MMAX_TRY_CFLAG(FLAG, IF-KNOWN)
AC_DEFUN([MMAX_TRY_CFLAG], [
    mmax_saved_cflags=$CFLAGS
    CFLAGS="$CFLAGS -Werror $1"
    AC_MSG_CHECKING([whether $CC knows $1])
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM()], [AC_MSG_RESULT([yes]); $2], [AC_MSG_RESULT([no])])
    CFLAGS=$mmax_saved_cflags
])
