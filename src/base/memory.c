#include "base/base.h"

#include <stdlib.h>
#include <string.h>

bool mmax_multiply(size_t a, size_t b, size_t *product)
{
    if (b != 0 && a > SIZE_MAX / b)
        return false;
    *product = a * b;
    return true;
}

void *mmax_alloc_array(size_t n, size_t size)
{
    return mmax_resize_array(NULL, n, size);
}

void *mmax_alloc_zeroed(size_t n, size_t size)
{
    size_t n_bytes;
    if (!mmax_multiply(n, size, &n_bytes))
        return NULL;
    return calloc(n_bytes ? n_bytes : 1, 1);
}

void *mmax_resize_array(void *old, size_t n, size_t size)
{
    size_t n_bytes;
    if (!mmax_multiply(n, size, &n_bytes))
        return NULL;
    return realloc(old, n_bytes ? n_bytes : 1);
}

char *mmax_copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = mmax_alloc_array(size, 1);
    if (copy)
        memcpy(copy, text, size);
    return copy;
}
