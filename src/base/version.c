#include "base/base.h"

const char *mmax_version(void)
{
    return PACKAGE_VERSION;
}
