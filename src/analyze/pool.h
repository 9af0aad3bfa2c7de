/* Threads that compute blocks while their owner reads and takes them; private to analyze.
 *
 * Tickets are numbered from 0 in the order in which they are submitted, and the owner takes them in
 * that order: whatever the threads do, everything that depends on order happens on one thread. */
#ifndef MMAX_POOL_H
#define MMAX_POOL_H

#include "base/base.h"

typedef struct mmax_pool mmax_pool;

/* Computes what was submitted as TICKET; called by any thread, for several tickets at a time. */
typedef void mmax_pool_work(void *data, size_t ticket);

/* How many processors this process may use; at least 1. */
size_t mmax_usable_processors(void);

/* A pool of N_WORKERS threads, none of which takes signals.  Where the system grants fewer, or
 * none, the owner does more of the work.  MMAX_ENOMEM. */
mmax_status mmax_pool_new(size_t n_workers, mmax_pool_work *work, void *data, mmax_pool **pool,
                          mmax_error *error);

/* Waits for work that has begun; what has not is left. */
void mmax_pool_free(mmax_pool *pool);

enum {
    MMAX_MAX_THREADS = 1024,
    MMAX_POOL_CAPACITY = 2 * MMAX_MAX_THREADS /* tickets submitted and not taken */
};

/* Submits the next ticket. */
void mmax_pool_submit(mmax_pool *pool);

/* Takes the oldest ticket if it is computed. */
bool mmax_pool_take(mmax_pool *pool);

/* Computes the oldest ticket that nobody has begun, or waits until the oldest is computed. */
void mmax_pool_help(mmax_pool *pool);

#endif
