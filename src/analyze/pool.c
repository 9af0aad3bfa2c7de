#define _GNU_SOURCE /* sched_getaffinity, CPU_COUNT */

#include "analyze/pool.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* The counters say it all: tickets below n_taken are gone, below n_begun somebody has them, below
 * n_submitted they wait. */
struct mmax_pool {
    mmax_pool_work *work;
    void *data;
    pthread_mutex_t mutex;         /* over all below */
    pthread_cond_t to_do, is_done; /* a ticket waits, or the pool stops; the oldest is computed */
    size_t n_taken, n_begun, n_submitted;
    bool stops;
    bool done[MMAX_POOL_CAPACITY]; /* of ticket modulo the capacity */
    size_t n_workers;
    pthread_t workers[]; /* (n_workers,) */
};

size_t mmax_usable_processors(void)
{
#if defined HAVE_SCHED_GETAFFINITY
    cpu_set_t usable;
    if (sched_getaffinity(0, sizeof usable, &usable) == 0 && CPU_COUNT(&usable) > 0)
        return (size_t)CPU_COUNT(&usable);
#endif
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (size_t)n : 1;
}

/* Computes the oldest ticket that waits; the mutex is held before and after. */
static void work_once(mmax_pool *pool)
{
    size_t ticket = pool->n_begun++;
    pthread_mutex_unlock(&pool->mutex);
    pool->work(pool->data, ticket);
    pthread_mutex_lock(&pool->mutex);
    pool->done[ticket % MMAX_POOL_CAPACITY] = true;
    if (ticket == pool->n_taken)
        pthread_cond_signal(&pool->is_done);
}

static void *run_worker(void *argument)
{
    mmax_pool *pool = argument;
    pthread_mutex_lock(&pool->mutex);
    while (!pool->stops) {
        if (pool->n_begun < pool->n_submitted)
            work_once(pool);
        else
            pthread_cond_wait(&pool->to_do, &pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

/* A signal must interrupt the owner, who may be waiting for input: workers inherit a mask of all.
 */
static void start_workers(mmax_pool *pool, size_t n_workers)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (pool->n_workers < n_workers &&
           pthread_create(&pool->workers[pool->n_workers], NULL, run_worker, pool) == 0)
        pool->n_workers++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

mmax_status mmax_pool_new(size_t n_workers, mmax_pool_work *work, void *data, mmax_pool **pool,
                          mmax_error *error)
{
    assert(n_workers < MMAX_POOL_CAPACITY);
    mmax_pool *self = mmax_alloc_zeroed(1, sizeof *self + n_workers * sizeof *self->workers);
    if (!self)
        return mmax_fail_memory(error, "starting threads");
    self->work = work;
    self->data = data;
    pthread_mutex_init(&self->mutex, NULL);
    pthread_cond_init(&self->to_do, NULL);
    pthread_cond_init(&self->is_done, NULL);
    start_workers(self, n_workers);
    *pool = self;
    return MMAX_OK;
}

void mmax_pool_free(mmax_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->mutex);
    pool->stops = true;
    pthread_cond_broadcast(&pool->to_do);
    pthread_mutex_unlock(&pool->mutex);
    for (size_t i = 0; i < pool->n_workers; i++)
        pthread_join(pool->workers[i], NULL);
    pthread_cond_destroy(&pool->is_done);
    pthread_cond_destroy(&pool->to_do);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

void mmax_pool_submit(mmax_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    assert(pool->n_submitted - pool->n_taken < MMAX_POOL_CAPACITY);
    pool->done[pool->n_submitted++ % MMAX_POOL_CAPACITY] = false;
    pthread_cond_signal(&pool->to_do);
    pthread_mutex_unlock(&pool->mutex);
}

bool mmax_pool_take(mmax_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    bool takes = pool->n_taken < pool->n_begun && pool->done[pool->n_taken % MMAX_POOL_CAPACITY];
    pool->n_taken += takes;
    pthread_mutex_unlock(&pool->mutex);
    return takes;
}

void mmax_pool_help(mmax_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    assert(pool->n_taken < pool->n_submitted);
    if (pool->n_begun < pool->n_submitted)
        work_once(pool);
    else
        while (!pool->done[pool->n_taken % MMAX_POOL_CAPACITY])
            pthread_cond_wait(&pool->is_done, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
}
