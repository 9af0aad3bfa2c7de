/* Runs of the program on a system that fails, and what is left behind them: for tests that make
 * every call fail in turn, or raise a signal before it. */
#ifndef MMAX_SYSTEM_H
#define MMAX_SYSTEM_H

#include "testing.h"

#include <sys/types.h>

/* A run.  In its folder there are logits.csv of 2000 rows of 4, heads.npy of shape (2, 3, 40, 40)
 * and float32, both compressed, too; arrays.npz and deflated.npz, of one array; mask.npy for heads;
 * tokens.txt for logits; a FIFO that nobody opens; and a folder out/ with an old file in the place
 * of each output. */
typedef struct system_scene {
    const char *name;
    const char *arguments; /* separated by blanks */
    const char *piped;     /* the file that a pipe to standard input brings; NULL: nothing */
    const char *outputs;   /* the files that it makes in out/, separated by blanks */
} system_scene;

/* What a run left behind.  Texts are to be freed with system_forget. */
typedef struct system_end {
    int status;      /* as the shell has it: 128 + n for a death of signal n */
    size_t n_new;    /* outputs that are the new ones, whole */
    size_t n_old;    /* those that are the old ones; all others are neither, or gone */
    size_t n_others; /* files in out/ and in TMPDIR that are no output */
    size_t n_met;    /* calls that the rules met; 0 unless they were to be noted */
    char met[32];    /* the name of the first of these */
    char *messages;  /* standard error */
} system_end;

enum { SYSTEM_MOST_OUTPUTS = 8 };

/* The outputs of an undisturbed run. */
typedef struct system_outputs {
    size_t n;
    char names[SYSTEM_MOST_OUTPUTS][64];
    char *bytes[SYSTEM_MOST_OUTPUTS];
    size_t n_bytes[SYSTEM_MOST_OUTPUTS];
} system_outputs;

/* A run under way. */
typedef struct system_run {
    const system_scene *scene;
    char folder[64];
    pid_t program, feeder; /* feeder 0: none */
    bool is_noted;
} system_run;

/* Makes the files that runs read; to be called once, before any test. */
void system_make_inputs(void);

/* Why nothing can be made to fail here; NULL if it can. */
const char *system_reason_to_skip(void);

/* Whether the program draws figures. */
bool system_can_draw(void);

/* Whether every case is to be tried, and not some of them. */
bool system_is_long(void);

/* Starts the program in the n-th folder, on the system that RULES make (tests/failing-system.c; ""
 * is one that works).  Standard input is empty, or what the scene says; HOLDS_PIPES instead makes
 * standard input and output pipes that nobody writes to and reads from.  NOTED: met calls are
 * counted. */
system_run system_start(const system_scene *scene, size_t n, const char *rules, bool holds_pipes,
                        bool noted);

/* Waits for the program's end.  OUTPUTS as system_learn has it; NULL: without looking at them. */
system_end system_finish(system_run *run, const system_outputs *outputs);
void system_forget(system_end *end);

/* Runs undisturbed; fails the test where that is no success.  To be freed with
 * system_forget_outputs. */
system_outputs system_learn(const system_scene *scene);
void system_forget_outputs(system_outputs *outputs);

#endif
