/* What the files of this test program share: operations of the library, each to be tried with every
 * one of its allocations failing. */
#ifndef MMAX_TEST_MEMORY_H
#define MMAX_TEST_MEMORY_H

#include "testing.h"

/* What an operation may use and what it makes, all of which is freed afterwards. */
typedef struct things {
    const char *argument;
    mmax_plan *plan;
    mmax_source *source;
    mmax_file *file;
    mmax_tokens *tokens;
    mmax_result *result;
    mmax_sink *probs;
    mmax_report *report;
    mmax_listing *listing;
} things;

/* What is there before the operation begins: each has those before it, too. */
typedef enum needs {
    NEEDS_NOTHING,
    NEEDS_BARE_PLAN, /* of softmax, entmax and multimax */
    NEEDS_PLAN,      /* the same, which keeps every figure */
    NEEDS_SOURCE,    /* heads.npy */
    NEEDS_RESULT     /* of both */
} needs;

typedef enum manner {
    AGAIN, /* what has failed for lack of memory does not when there is some */
    ONCE,  /* what has failed has used up its input */
    SLOWLY /* as AGAIN, with an effort: seldom */
} manner;

typedef struct operation {
    const char *functions; /* those of multimax.h that it is there for, separated by blanks */
    needs needs;
    mmax_status (*run)(things *self, mmax_error *error);
    const char *argument; /* for RUN; NULL: none */
    manner manner;
} operation;

typedef struct operation_table {
    const char *name;
    const operation *operations;
    size_t n;
} operation_table;

extern const operation_table plan_operations, input_operations, analysis_operations,
    output_operations, figure_operations;

/* The status of what was to write to OUT, which must be untouched, UNTOUCHED, if it failed; then
 * it is NULL, so that freeing it does nothing.  Only what is wrong allocates. */
#define UNTOUCHED ((void *)(uintptr_t)-1)
#define UNLESS_TOUCHED(status, out)                                                                \
    (((status) == MMAX_OK) == ((out) != UNTOUCHED)                                                 \
         ? (void)0                                                                                 \
         : ck_abort_msg("status %d, but %s was written to", (int)(status), #out),                  \
     (out) = (status) == MMAX_OK ? (out) : NULL, (status))

/* Calls every function that allocates nothing, and hands its name, with what follows it, to NOTE.
 */
void call_frugal_functions(const things *self, void (*note)(const char *call));

#endif
