#include "kernels/fused.h"

#include <string.h>

/* The sets that this build has, best first.  MMAX_HAVE_... come from the makefile, which compiles
 * lanes/ once for each. */
extern const mmax_fused mmax_fused_baseline_32, mmax_fused_baseline_64;
#if defined MMAX_HAVE_AVX2
extern const mmax_fused mmax_fused_avx2_32, mmax_fused_avx2_64;
#endif
#if defined MMAX_HAVE_AVX512
extern const mmax_fused mmax_fused_avx512_32, mmax_fused_avx512_64;
#endif
#if defined MMAX_HAVE_NEON
extern const mmax_fused mmax_fused_neon_32, mmax_fused_neon_64;
#endif

static const mmax_instruction_set sets[] = {
#if defined MMAX_HAVE_AVX512
    {"avx512", &mmax_fused_avx512_32, &mmax_fused_avx512_64},
#endif
#if defined MMAX_HAVE_AVX2
    {"avx2", &mmax_fused_avx2_32, &mmax_fused_avx2_64},
#endif
#if defined MMAX_HAVE_NEON
    {"neon", &mmax_fused_neon_32, &mmax_fused_neon_64},
#endif
    {"baseline", &mmax_fused_baseline_32, &mmax_fused_baseline_64},
};

enum { N_SETS = sizeof sets / sizeof sets[0] };

static const char *const known_names[] = {"baseline", "avx2", "avx512", "neon"};

enum { N_NAMES = sizeof known_names / sizeof known_names[0] };

/* Whether this processor, and its operating system, can run a set that was built. */
static bool can_run(const char *name)
{
#if defined MMAX_HAVE_AVX2
    if (strcmp(name, "avx2") == 0)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
#if defined MMAX_HAVE_AVX512
    if (strcmp(name, "avx512") == 0)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#endif
    (void)name;
    return true;
}

static mmax_status refuse(const char *name, mmax_error *error)
{
    char usable[64] = "", quoted[64];
    size_t used = 0;
    bool is_known = false;
    for (size_t i = 0; i < N_NAMES; i++)
        is_known |= strcmp(name, known_names[i]) == 0;
    for (size_t i = N_SETS; i-- > 0;)
        if (can_run(sets[i].name))
            used += (size_t)snprintf(usable + used, sizeof usable - used, "%s%s", used ? ", " : "",
                                     sets[i].name);
    return mmax_fail(error, MMAX_EUSAGE, "%s instruction set '%s': this processor has %s",
                     is_known ? "unsupported" : "unknown",
                     mmax_quote(name, strlen(name), quoted, sizeof quoted), usable);
}

mmax_status mmax_instruction_set_choose(const char *name, const mmax_instruction_set **set,
                                        mmax_error *error)
{
    for (size_t i = 0; i < N_SETS; i++) {
        if (can_run(sets[i].name) && (!name || strcmp(name, sets[i].name) == 0)) {
            *set = &sets[i];
            return MMAX_OK;
        }
    }
    return refuse(name, error);
}

size_t mmax_fused_scratch(size_t stride)
{
    /* Candidates end with lanes of their own. */
    size_t n_elements, n_bytes;
    n_elements = stride < SIZE_MAX - 32 ? stride + 32 : SIZE_MAX;
    return mmax_multiply(n_elements, sizeof(double), &n_bytes) ? n_bytes : SIZE_MAX;
}
