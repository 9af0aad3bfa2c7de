#include "analyze/analyze.h"
#include "analyze/pass.h"

mmax_status mmax_sinks_begin(const mmax_sinks *sinks, const mmax_input *input, mmax_error *error)
{
    mmax_status status = MMAX_OK;
    for (size_t i = 0; i < sinks->n && status == MMAX_OK; i++) {
        mmax_sink *sink = sinks->list[i];
        if (sink->methods->begin)
            status = sink->methods->begin(sink, input, error);
    }
    return status;
}

mmax_status mmax_sinks_rows(const mmax_sinks *sinks, const mmax_row_block *block, mmax_error *error)
{
    mmax_status status = MMAX_OK;
    for (size_t i = 0; i < sinks->n && status == MMAX_OK; i++) {
        mmax_sink *sink = sinks->list[i];
        if (sink->methods->rows)
            status = sink->methods->rows(sink, block, error);
    }
    return status;
}

mmax_status mmax_sinks_weights(const mmax_sinks *sinks, const mmax_weight_block *block,
                               mmax_error *error)
{
    mmax_status status = MMAX_OK;
    for (size_t i = 0; i < sinks->n && status == MMAX_OK; i++) {
        mmax_sink *sink = sinks->list[i];
        if (sink->methods->weights)
            status = sink->methods->weights(sink, block, error);
    }
    return status;
}

bool mmax_sinks_take_weights(const mmax_sinks *sinks)
{
    bool any = false;
    for (size_t i = 0; i < sinks->n; i++)
        any |= sinks->list[i]->methods->weights != NULL;
    return any;
}

mmax_status mmax_sinks_end(const mmax_sinks *sinks, const mmax_input *input, mmax_error *error)
{
    mmax_status status = MMAX_OK;
    for (size_t i = 0; i < sinks->n && status == MMAX_OK; i++) {
        mmax_sink *sink = sinks->list[i];
        if (sink->methods->end)
            status = sink->methods->end(sink, input, error);
    }
    return status;
}

void mmax_sink_free(mmax_sink *sink)
{
    if (sink && sink->methods->free)
        sink->methods->free(sink);
}
