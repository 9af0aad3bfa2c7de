/* The two maps of a plan whose difference is drawn: "MAPA,MAPB", where the names of maps hold
 * commas of their own. */
#include "analyze/analyze.h"

#include <string.h>

/* The maps of a run as a list of at most SIZE bytes, cut off where there are many. */
static const char *list_maps(const mmax_plan *plan, char *list, size_t size)
{
    size_t used = 0;
    list[0] = '\0';
    for (size_t i = 0; i < plan->n_maps && used < size; i++) {
        char label[MMAX_SPEC_SIZE];
        used += (size_t)snprintf(list + used, size - used, "%s%s", i > 0 ? ", " : "",
                                 mmax_plan_label(plan, i, label));
    }
    return list;
}

mmax_status mmax_plan_set_difference(mmax_plan *plan, const char *pair, mmax_error *error)
{
    char first[MMAX_MESSAGE_SIZE / 2], quoted[MMAX_MESSAGE_SIZE / 4], list[MMAX_MESSAGE_SIZE / 2];
    for (const char *comma = strchr(pair, ','); comma; comma = strchr(comma + 1, ',')) {
        size_t length = (size_t)(comma - pair);
        if (length >= sizeof first)
            break;
        memcpy(first, pair, length);
        first[length] = '\0';
        size_t a = mmax_plan_find_map(plan, first), b = mmax_plan_find_map(plan, comma + 1);
        if (a == plan->n_maps || b == plan->n_maps || a == b)
            continue;
        plan->difference[0] = a;
        plan->difference[1] = b;
        plan->has_difference = true;
        return MMAX_OK;
    }
    return mmax_fail(
        error, MMAX_EUSAGE, "invalid difference '%s': expected MAPA,MAPB, two maps of this run: %s",
        mmax_quote(pair, strlen(pair), quoted, sizeof quoted), list_maps(plan, list, sizeof list));
}
