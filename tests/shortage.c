#define _GNU_SOURCE /* dl_iterate_phdr, RTLD_NEXT */

#include "shortage.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unwind.h>

/* ---- who asks -------------------------------------------------------------------------------- */

/* What it means to find a loaded object among the callers. */
typedef enum caller {
    CALLER_IS_FOREIGN, /* the request does not count */
    CALLER_IS_OURS,    /* it does */
    CALLER_LIVES_ON,   /* as its own caller has it */
    CALLER_MUST_GROW,  /* the same, but ends the process when what it has cannot grow */
    CALLER_IS_LINKER   /* the same; keeps what LeakSanitizer does not find, for threads */
} caller;

static const struct {
    const char *name; /* the beginning of the file's */
    caller caller;
} libraries[] = {
    {"ld-", CALLER_IS_LINKER},        {"libarchive.", CALLER_MUST_GROW},
    {"libbz2.", CALLER_LIVES_ON},     {"libc.", CALLER_LIVES_ON},
    {"libjansson.", CALLER_LIVES_ON}, {"liblz4.", CALLER_LIVES_ON},
    {"liblzma.", CALLER_LIVES_ON},    {"libmultimax.", CALLER_IS_OURS},
    {"libpng16.", CALLER_LIVES_ON},   {"libz.", CALLER_LIVES_ON},
    {"libzstd.", CALLER_LIVES_ON},
};

/* Functions that crash or lose something without memory, contrary to what their libraries promise:
 * what they ask for is served. */
static const char *const delicate_functions[] = {
    "archive_read_append_filter", /* libarchive 3.6 closes an xz filter that it could not make */
    "newlocale",                  /* glibc 2.36 loses the name of an encoding */
};

enum { N_DELICATE = sizeof delicate_functions / sizeof *delicate_functions };

static uintptr_t delicate[N_DELICATE]; /* where they begin; 0: nowhere */

typedef struct object {
    uintptr_t begin, end; /* of its code */
    caller caller;
} object;

enum { MOST_OBJECTS = 256 };

static object objects[MOST_OBJECTS];
static size_t n_objects;

static caller caller_of(const char *path)
{
    if (!*path)
        return CALLER_IS_OURS; /* the program itself has no name */
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
        if (strncmp(name, libraries[i].name, strlen(libraries[i].name)) == 0)
            return libraries[i].caller;
    return CALLER_IS_FOREIGN;
}

static int note_object(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    (void)data;
    for (size_t i = 0; i < info->dlpi_phnum && n_objects < MOST_OBJECTS; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        uintptr_t begin = info->dlpi_addr + header->p_vaddr;
        if (header->p_type == PT_LOAD && (header->p_flags & PF_X))
            objects[n_objects++] =
                (object){begin, begin + header->p_memsz, caller_of(info->dlpi_name)};
    }
    return 0;
}

static caller find_caller(uintptr_t address)
{
    for (size_t i = 0; i < n_objects; i++)
        if (address >= objects[i].begin && address < objects[i].end)
            return objects[i].caller;
    return CALLER_IS_FOREIGN;
}

static bool passes_on(caller found)
{
    return found == CALLER_LIVES_ON || found == CALLER_MUST_GROW || found == CALLER_IS_LINKER;
}

static bool is_delicate(uintptr_t function)
{
    for (size_t i = 0; i < N_DELICATE; i++)
        if (delicate[i] && delicate[i] == function)
            return true;
    return false;
}

/* A walk up the stack, from the function that called the allocator. */
typedef struct walk {
    uintptr_t begin;
    bool has_begun;
    caller found;
} walk;

static _Unwind_Reason_Code take_frame(struct _Unwind_Context *context, void *data)
{
    walk *self = data;
    uintptr_t address = _Unwind_GetIP(context);
    self->has_begun = self->has_begun || address == self->begin;
    if (!self->has_begun)
        return _URC_NO_REASON;
    uintptr_t function = _Unwind_GetRegionStart(context);
    caller found = is_delicate(function) ? CALLER_IS_FOREIGN : find_caller(address);
    if (passes_on(found))
        return _URC_NO_REASON;
    self->found = found;
    return _URC_END_OF_STACK;
}

/* Who is behind the request of the function that BEGIN lies in. */
static walk walk_up(uintptr_t begin)
{
    walk self = {.begin = begin, .found = find_caller(begin)};
    if (passes_on(self.found)) {
        self.found = CALLER_IS_FOREIGN;
        _Unwind_Backtrace(take_frame, &self);
    }
    return self;
}

/* ---- which requests fail --------------------------------------------------------------------- */

typedef struct counter {
    atomic_bool is_on;
    shortage wanted;
    atomic_size_t n_requests, n_failed;
} counter;

static counter memory, threads;

static void begin(counter *self, shortage wanted)
{
    n_objects = 0;
    dl_iterate_phdr(note_object, NULL);
    for (size_t i = 0; i < N_DELICATE; i++)
        delicate[i] = (uintptr_t)dlsym(RTLD_DEFAULT, delicate_functions[i]);
    self->wanted = wanted;
    self->n_requests = self->n_failed = 0;
    self->is_on = true;
}

static bool takes_next(counter *self)
{
    size_t n = ++self->n_requests, nth = self->wanted.nth;
    bool fails = nth > 0 && (self->wanted.lasts ? n >= nth : n == nth);
    self->n_failed += fails;
    return !fails;
}

/* ---- what is given back ---------------------------------------------------------------------- */

/* The blocks that were asked for since memory ran short and are not given back: a hash table in
 * which a block lies at its place or behind it. */
enum { N_SLOTS = 1 << 16 };

static void *blocks[N_SLOTS];
static size_t n_blocks;
static atomic_flag blocks_are_taken = ATOMIC_FLAG_INIT;

static size_t place_of(const void *block)
{
    return (size_t)((uintptr_t)block / 16 * 2654435761u) % N_SLOTS;
}

static void lock_blocks(void)
{
    while (atomic_flag_test_and_set_explicit(&blocks_are_taken, memory_order_acquire))
        ;
}

static void unlock_blocks(void)
{
    atomic_flag_clear_explicit(&blocks_are_taken, memory_order_release);
}

static void remember(void *block)
{
    lock_blocks();
    size_t i = place_of(block);
    while (blocks[i])
        i = (i + 1) % N_SLOTS;
    if (n_blocks + 1 < N_SLOTS) { /* one slot ends every search */
        blocks[i] = block;
        n_blocks++;
    }
    unlock_blocks();
}

/* Moves those behind it to where they are still found (Knuth's algorithm R). */
static void forget(const void *block)
{
    lock_blocks();
    size_t i = place_of(block);
    while (blocks[i] && blocks[i] != block)
        i = (i + 1) % N_SLOTS;
    n_blocks -= blocks[i] != NULL;
    for (size_t next = i; blocks[i]; i = next) {
        blocks[i] = NULL;
        do {
            next = (next + 1) % N_SLOTS;
        } while (blocks[next] && (next - place_of(blocks[next])) % N_SLOTS < (next - i) % N_SLOTS);
        blocks[i] = blocks[next];
    }
    unlock_blocks();
}

/* ---- the allocator --------------------------------------------------------------------------- */

/* clang links its sanitizers into the program, where RTLD_NEXT cannot find them. */
extern void *__interceptor_malloc(size_t size) __attribute__((weak));
extern void *__interceptor_calloc(size_t n, size_t size) __attribute__((weak));
extern void *__interceptor_realloc(void *block, size_t size) __attribute__((weak));
extern void __interceptor_free(void *block) __attribute__((weak));

/* LeakSanitizer's, where it is. */
extern void __lsan_ignore_object(const void *block) __attribute__((weak));

static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);
static void (*next_free)(void *);

/* What dlsym itself may ask for while the functions behind ours are looked for: never given back.
 */
static _Alignas(max_align_t) char early[4096];
static size_t n_early;

static void *take_early(size_t size)
{
    size_t rounded = (size + 15) / 16 * 16;
    if (rounded < size || rounded > sizeof early - n_early)
        return NULL;
    void *block = early + n_early;
    n_early += rounded;
    return block;
}

static bool is_early(const void *block)
{
    return (uintptr_t)block - (uintptr_t)early < sizeof early;
}

/* A function as dlsym has it, which ISO C knows only as a pointer to an object. */
static void look_up(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(function, &found, sizeof found);
}

/* Whether the functions behind ours are known. */
static bool is_ready(void)
{
    static bool is_looking;
    if (next_free)
        return true;
    if (is_looking)
        return false;
    is_looking = true;
    if (__interceptor_free) {
        next_malloc = __interceptor_malloc;
        next_calloc = __interceptor_calloc;
        next_realloc = __interceptor_realloc;
        next_free = __interceptor_free;
    } else {
        look_up("malloc", &next_malloc);
        look_up("calloc", &next_calloc);
        look_up("realloc", &next_realloc);
        look_up("free", &next_free);
    }
    return true;
}

/* Whether the request is served, and in *IS_TRACKED whether its block is to be given back. */
static bool is_served(uintptr_t caller_address, bool *is_tracked)
{
    static _Thread_local bool is_walking;
    *is_tracked = false;
    if (!memory.is_on || is_walking)
        return true;
    is_walking = true;
    bool is_ours = walk_up(caller_address).found == CALLER_IS_OURS;
    is_walking = false;
    if (!is_ours)
        return true;
    *is_tracked = true;
    if (takes_next(&memory))
        return true;
    errno = ENOMEM;
    return false;
}

/* LeakSanitizer forgives the dynamic linker, which it knows as who called the allocator: by way of
 * ours it does not. */
static void *settle(void *block, bool is_tracked, uintptr_t caller_address)
{
    if (block && is_tracked)
        remember(block);
    if (block && __lsan_ignore_object && find_caller(caller_address) == CALLER_IS_LINKER)
        __lsan_ignore_object(block);
    return block;
}

#define CALLER_ADDRESS() ((uintptr_t)__builtin_return_address(0))

void *malloc(size_t size)
{
    bool is_tracked;
    if (!is_ready())
        return take_early(size);
    if (!is_served(CALLER_ADDRESS(), &is_tracked))
        return NULL;
    return settle(next_malloc(size), is_tracked, CALLER_ADDRESS());
}

void *calloc(size_t n, size_t size)
{
    bool is_tracked;
    if (!is_ready())
        return take_early(n * size);
    if (!is_served(CALLER_ADDRESS(), &is_tracked))
        return NULL;
    return settle(next_calloc(n, size), is_tracked, CALLER_ADDRESS());
}

void *realloc(void *block, size_t size)
{
    bool is_tracked = false;
    if (!is_ready())
        return take_early(size);
    bool must_grow = memory.is_on && find_caller(CALLER_ADDRESS()) == CALLER_MUST_GROW;
    if (!must_grow && !is_served(CALLER_ADDRESS(), &is_tracked))
        return NULL;
    if (memory.is_on && block)
        forget(block);
    return settle(next_realloc(block, size), is_tracked, CALLER_ADDRESS());
}

void free(void *block)
{
    if (!block || is_early(block))
        return;
    if (memory.is_on)
        forget(block);
    if (is_ready())
        next_free(block);
}

/* ---- threads --------------------------------------------------------------------------------- */

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument)
{
    static int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (!next)
        look_up("pthread_create", &next);
    bool is_ours = threads.is_on && walk_up(CALLER_ADDRESS()).found == CALLER_IS_OURS;
    return is_ours && !takes_next(&threads) ? EAGAIN : next(thread, attributes, run, argument);
}

/* ---- the shortage ---------------------------------------------------------------------------- */

void shortage_begins(shortage wanted)
{
    lock_blocks();
    memset(blocks, 0, sizeof blocks);
    n_blocks = 0;
    unlock_blocks();
    begin(&memory, wanted);
}

void shortage_is_over(void)
{
    memory.wanted = (shortage){0};
}

shortage_outcome shortage_ends(void)
{
    memory.is_on = false;
    return (shortage_outcome){memory.n_requests, memory.n_failed, n_blocks};
}

void shortage_of_threads_begins(shortage wanted)
{
    begin(&threads, wanted);
}

shortage_outcome shortage_of_threads_ends(void)
{
    threads.is_on = false;
    return (shortage_outcome){threads.n_requests, threads.n_failed, 0};
}

bool shortage_is_possible(void)
{
    void *volatile block;
    shortage_begins((shortage){.nth = 1, .lasts = true});
    block = malloc(1);
    free(block);
    return shortage_ends().n_failed == 1;
}

bool shortage_is_watched(void)
{
    return __interceptor_malloc != NULL;
}
