/* Memory and threads that run short: what a test program that links this replaces the allocator's
 * functions with, and pthread_create.
 *
 * Allocations that count are those of the program and its library, and of other libraries on their
 * behalf that promise to live on without memory: the C library, jansson, libarchive and what it
 * decompresses with, zlib and libpng.  Those of glib, which ends the process when it gets none, of
 * pango, chafa and fontconfig, which build on it, and of cairo are served. */
#ifndef MMAX_SHORTAGE_H
#define MMAX_SHORTAGE_H

#include <stdbool.h>
#include <stddef.h>

/* Which requests fail. */
typedef struct shortage {
    size_t nth; /* the first that fails, counted from 1; 0: none */
    bool lasts; /* and all after it */
} shortage;

/* What came of it. */
typedef struct shortage_outcome {
    size_t n_requests, n_failed;
    size_t n_left; /* blocks of memory that were not given back */
} shortage_outcome;

/* From now on memory is short, until the shortage is over; blocks are counted from its beginning to
 * its end.  Not to be nested. */
void shortage_begins(shortage wanted);
void shortage_is_over(void);
shortage_outcome shortage_ends(void);

/* The same for threads that the program itself starts; nothing is left of those. */
void shortage_of_threads_begins(shortage wanted);
shortage_outcome shortage_of_threads_ends(void);

/* Whether allocations can be made to fail here: a tool such as valgrind replaces the allocator, and
 * ours with it. */
bool shortage_is_possible(void);

/* Whether LeakSanitizer watches.  fontconfig, pango and glib keep blocks for the life of the
 * process, and behind our allocator it can not see that they are theirs. */
bool shortage_is_watched(void);

#endif
