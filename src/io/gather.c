#include "io/gather.h"

#include <string.h>

/* One axis of a box: how many, and how far from one to the next in the file and in memory. */
typedef struct axis {
    size_t n;
    ptrdiff_t from, to;
} axis;

/* Elements of a box, axes by falling distance in the file: the order of its axes means nothing,
 * since each carries its own two distances. */
typedef struct box {
    size_t item_size;
    size_t n_axes;
    axis axes[MMAX_MAX_DIMS];
    ptrdiff_t from; /* of the first element, in the file */
    ptrdiff_t to;   /* of the first element, in memory */
} box;

typedef struct gatherer {
    mmax_stream *stream;
    unsigned char *scratch;
    unsigned char *items;
    mmax_error *error;
} gatherer;

/* A system call costs about as much as copying this many bytes. */
enum { WORTH_A_CALL = 4096 };

static size_t distance(ptrdiff_t stride)
{
    return stride < 0 ? (size_t)-stride : (size_t)stride;
}

/* As a layout without axes of one and with those that lie farthest apart first. */
static box box_of(const mmax_layout *layout)
{
    box b = {.item_size = layout->item_size, .from = (ptrdiff_t)layout->offset};
    ptrdiff_t to = (ptrdiff_t)layout->item_size;
    for (size_t i = layout->n_dims; i-- > 0;) {
        axis new_axis = {layout->shape[i], layout->strides[i], to};
        to *= (ptrdiff_t)layout->shape[i];
        if (new_axis.n == 1)
            continue;
        size_t j = b.n_axes++;
        for (; j > 0 && distance(b.axes[j - 1].from) < distance(new_axis.from); j--)
            b.axes[j] = b.axes[j - 1];
        b.axes[j] = new_axis;
    }
    return b;
}

static size_t count(const box *b)
{
    size_t n = 1;
    for (size_t i = 0; i < b->n_axes; i++)
        n *= b->axes[i].n;
    return n;
}

/* The bytes from the first to the last of the box; *LOWEST is where they begin. */
static size_t span(const box *b, ptrdiff_t *lowest)
{
    size_t n_bytes = b->item_size;
    *lowest = b->from;
    for (size_t i = 0; i < b->n_axes; i++) {
        size_t reach = (b->axes[i].n - 1) * distance(b->axes[i].from);
        n_bytes += reach;
        *lowest -= b->axes[i].from < 0 ? (ptrdiff_t)reach : 0;
    }
    return n_bytes;
}

/* One loop for each size, so that each copy is one load and one store. */
static void copy_run(axis run, size_t item_size, const unsigned char *from, unsigned char *to)
{
    if (item_size == 2)
        for (size_t i = 0; i < run.n; i++, from += run.from, to += run.to)
            memcpy(to, from, 2);
    else if (item_size == 4)
        for (size_t i = 0; i < run.n; i++, from += run.from, to += run.to)
            memcpy(to, from, 4);
    else if (item_size == 8)
        for (size_t i = 0; i < run.n; i++, from += run.from, to += run.to)
            memcpy(to, from, 8);
    else
        for (size_t i = 0; i < run.n; i++, from += run.from, to += run.to)
            memcpy(to, from, item_size);
}

static void copy_axes(const box *b, size_t i, const unsigned char *from, unsigned char *to)
{
    static const axis one = {1, 0, 0};
    if (i + 1 >= b->n_axes) {
        copy_run(i < b->n_axes ? b->axes[i] : one, b->item_size, from, to);
        return;
    }
    axis a = b->axes[i];
    for (size_t j = 0; j < a.n; j++)
        copy_axes(b, i + 1, from + (ptrdiff_t)j * a.from, to + (ptrdiff_t)j * a.to);
}

/* Reads the box in one call if its span fits the scratch and is not mostly waste; otherwise halves
 * it along the axis that is farthest apart.  Depth: the binary logarithm of the box. */
static mmax_status gather_box(const gatherer *g, const box *b)
{
    ptrdiff_t lowest;
    size_t n_bytes = span(b, &lowest);
    if (b->n_axes == 0 || (n_bytes <= MMAX_GATHER_SCRATCH && n_bytes / count(b) <= WORTH_A_CALL)) {
        mmax_status status =
            mmax_stream_read_at(g->stream, (size_t)lowest, g->scratch, n_bytes, g->error);
        if (status == MMAX_OK)
            copy_axes(b, 0, g->scratch + (b->from - lowest), g->items + b->to);
        return status;
    }
    box low = *b, high = *b;
    axis a = b->axes[0];
    low.axes[0].n = a.n / 2;
    high.axes[0].n = a.n - a.n / 2;
    high.from += (ptrdiff_t)low.axes[0].n * a.from;
    high.to += (ptrdiff_t)low.axes[0].n * a.to;
    box *halves[] = {&low, &high};
    for (size_t i = 0; i < 2; i++) {
        if (halves[i]->axes[0].n == 1) {
            halves[i]->n_axes--;
            memmove(halves[i]->axes, halves[i]->axes + 1, halves[i]->n_axes * sizeof a);
        }
        mmax_status status = gather_box(g, halves[i]);
        if (status != MMAX_OK)
            return status;
    }
    return MMAX_OK;
}

mmax_status mmax_gather(mmax_stream *stream, const mmax_layout *layout, unsigned char *scratch,
                        unsigned char *items, mmax_error *error)
{
    for (size_t i = 0; i < layout->n_dims; i++)
        if (layout->shape[i] == 0)
            return MMAX_OK;
    gatherer g = {stream, scratch, items, error};
    box b = box_of(layout);
    return gather_box(&g, &b);
}
