/* The program on a system that fails, and under signals, call by call: its status is right, each
 * output is the old file or the new one, and nothing else stays. */
#include "system.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const system_scene scenes[] = {
    {"text", "-f json --tokens=tokens.txt -m softmax --select=:400 -o out/r.json logits.csv", NULL,
     "r.json"},
    {"rows", "--per=row -f csv -m softmax -m sparsemax -o out/r.csv logits.csv", NULL, "r.csv"},
    {"weights on threads",
     "-j 3 -m softmax -m sparsemax --mask=mask.npy --probs=out/%m.npy -o out/r.txt heads.npy", NULL,
     "softmax.npy sparsemax.npy r.txt"},
    {"an archive", "-q -f ndjson -m softmax --probs=out/w.csv -o out/r.ndjson deflated.npz", NULL,
     "w.csv r.ndjson"},
    {"a pipe of text", "-q -m softmax --select=100:1900 --probs=out/w.npy -o out/r.txt",
     "logits.csv", "w.npy r.txt"},
    {"a compressed pipe", "-q -j 2 -m softmax --axis=-2 --probs=out/w.npy -o out/r.tsv -f tsv",
     "heads.npy.gz", "w.npy r.tsv"},
    {"vectors", "-f csv -m softmax --queries=heads.npy --keys=- --scale=0.1 -o out/r.csv",
     "heads.npy", "r.csv"},
    {"a list", "--list -f json -o out/list.json logits.csv.gz", NULL, "list.json"},
    {"figures",
     "-q -m softmax -m sparsemax --heatmap=out/h.svg --rows=out/w.png --data=out/%g.csv "
     "-o out/r.txt arrays.npz",
     NULL, "h.svg w.png heatmap.csv rows.csv r.txt"},
};
enum { N_SCENES = sizeof scenes / sizeof *scenes };

/* The scene of a loop's number; NULL where it cannot be run, which is said. */
static const system_scene *scene_at(int i, const char *test)
{
    const system_scene *scene = &scenes[i];
    const char *reason = system_reason_to_skip();
    if (!reason && strcmp(scene->name, "figures") == 0 && !system_can_draw())
        reason = "no figures in this build";
    if (!reason)
        return scene;
    printf("SKIP: %s: %s: %s\n", test, scene->name, reason);
    return NULL;
}

static system_end run_under(const system_scene *scene, const system_outputs *outputs,
                            const char *rules)
{
    system_run run = system_start(scene, 0, rules, false, true);
    return system_finish(&run, outputs);
}

static size_t count_calls(const system_scene *scene, const system_outputs *outputs)
{
    system_end end = run_under(scene, outputs, "any 1- note");
    ck_assert_msg(end.status == 0 && end.n_met > 0, "%s: %s", scene->name, end.messages);
    system_forget(&end);
    return end.n_met;
}

static void expect_whole(const system_scene *scene, const system_outputs *outputs,
                         const system_end *end, const char *what)
{
    ck_assert_msg(end->n_new + end->n_old == outputs->n, "%s: %s: an output is half-written",
                  scene->name, what);
    ck_assert_msg(end->n_others == 0, "%s: %s: a temporary file stays", scene->name, what);
}

/* ---- signals --------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int number;
} signals[] = {{"SIGINT", SIGINT}, {"SIGTERM", SIGTERM}, {"SIGHUP", SIGHUP}, {"SIGXCPU", SIGXCPU}};
enum { N_SIGNALS = sizeof signals / sizeof *signals };

/* One that comes when all is done changes nothing any more. */
static void expect_signal(const system_scene *scene, const system_outputs *outputs, size_t which,
                          system_end *end, const char *what)
{
    expect_whole(scene, outputs, end, what);
    bool is_done = end->status == 0 && end->n_new == outputs->n;
    ck_assert_msg(is_done || end->status == 128 + signals[which].number, "%s: %s: status %d, %s",
                  scene->name, what, end->status, end->messages);
    ck_assert_msg(!*end->messages, "%s: %s: %s", scene->name, what, end->messages);
    system_forget(end);
}

START_TEST(a_signal_before_any_call_leaves_each_output_old_or_new)
{
    const system_scene *scene =
        scene_at(_i, "a_signal_before_any_call_leaves_each_output_old_or_new");
    if (!scene)
        return;
    system_outputs outputs = system_learn(scene);
    size_t n_calls = count_calls(scene, &outputs), n_interrupted = 0;
    size_t step = system_is_long() ? 1 : n_calls;
    for (size_t which = 0; which < N_SIGNALS; which++)
        for (size_t n = 1 + (system_is_long() ? 0 : which * step / N_SIGNALS); n <= n_calls;
             n += step) {
            char rule[64];
            snprintf(rule, sizeof rule, "any %zu %s", n, signals[which].name);
            system_end end = run_under(scene, &outputs, rule);
            ck_assert_uint_eq(end.n_met, 1);
            n_interrupted += end.status != 0;
            expect_signal(scene, &outputs, which, &end, rule);
        }
    ck_assert_uint_gt(n_interrupted, 0);
    system_forget_outputs(&outputs);
}
END_TEST

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void sleep_for(double seconds)
{
    struct timespec time = {(time_t)seconds, (long)(1e9 * (seconds - (double)(time_t)seconds))};
    nanosleep(&time, NULL);
}

/* Where in the run the moment lies is left to the machine: all of them are to end well. */
START_TEST(a_signal_at_a_random_moment_leaves_each_output_old_or_new)
{
    const system_scene *scene =
        scene_at(_i, "a_signal_at_a_random_moment_leaves_each_output_old_or_new");
    if (!scene)
        return;
    double started = seconds_now();
    system_outputs outputs = system_learn(scene);
    double duration = seconds_now() - started;
    testing_random random = {.state = (uint64_t)_i};
    size_t n_moments = system_is_long() ? 100 * N_SIGNALS : 1;
    for (size_t i = 0; i < n_moments; i++) {
        size_t which = (i + (size_t)_i) % N_SIGNALS;
        system_run run = system_start(scene, 0, "", false, false);
        sleep_for(duration * testing_uniform(&random));
        kill(run.program, signals[which].number);
        system_end end = system_finish(&run, &outputs);
        expect_signal(scene, &outputs, which, &end, "a random moment");
    }
    system_forget_outputs(&outputs);
}
END_TEST

/* A library that never returns, as one whose loop knows nothing of signals: here a command that the
 * call waits for, which asks twice.  That the temporary file stays shows that nobody went on. */
static const system_scene stuck = {"a library that is stuck", "-o out/r.txt logits.csv", NULL,
                                   "r.txt"};
static const char stuck_rule[] =
    "pread 1 run kill -TERM $PPID && sleep 2.5 && kill -TERM $PPID && sleep 1";

/* ThreadSanitizer keeps signals until a call returns. */
extern void __tsan_init(void) __attribute__((weak));

static void expect_death(system_run *run)
{
    const system_outputs outputs = {.n = 1, .names = {"r.txt"}};
    system_end end = system_finish(run, &outputs);
    ck_assert_int_eq(end.status, 128 + SIGTERM);
    ck_assert_uint_eq(end.n_old, 1);
    if (__tsan_init)
        puts("SKIP: a library that is stuck: ThreadSanitizer keeps its signals");
    else
        ck_assert_uint_eq(end.n_others, 1);
    system_forget(&end);
}

/* Runs that wait for ever, and the call before which the signal comes: it is over when the wait
 * begins, which is the worst moment. */
static const struct {
    system_scene scene;
    const char *rule;
    size_t which;
} waits[] = {
    {{"the writer of a FIFO", "-o out/r.txt fifo", NULL, "r.txt"}, "open 2 SIGTERM", 1},
    {{"a pipe's next bytes", "-o out/r.txt", NULL, "r.txt"}, "read 1 SIGINT", 0},
    {{"a pipe to be listed", "--list -o out/r.txt", NULL, "r.txt"}, "read 1 SIGHUP", 2},
    {{"a pipe's keys", "--queries=heads.npy --keys=- -o out/r.txt", NULL, "r.txt"},
     "read 1 SIGTERM",
     1},
    {{"tokens", "--tokens=fifo -o out/r.txt logits.csv", NULL, "r.txt"}, "open 1 SIGINT", 0},
    {{"a mask", "--mask=fifo -o out/r.txt heads.npy", NULL, "r.txt"}, "open 3 SIGHUP", 2},
    {{"parameters", "-m multimax:@fifo -o out/r.txt heads.npy", NULL, "r.txt"},
     "open 1 SIGTERM",
     1},
    {{"the reader of a FIFO", "-m softmax --probs=fifo.npy -o out/r.txt heads.npy", NULL, "r.txt"},
     "open 3 SIGINT",
     0},
    {{"the reader of a FIFO of reports", "-o fifo logits.csv", NULL, ""}, "open 1 SIGTERM", 1},
    {{"room in a pipe", "--per=row -f csv logits.csv", NULL, ""}, "write 2 SIGTERM", 1},
    {{"room in a pipe of weights", "-m softmax --probs=- -o out/r.txt logits.csv", NULL, "r.txt"},
     "write 2 SIGINT",
     0},
};
enum { N_WAITS = sizeof waits / sizeof *waits };

START_TEST(a_signal_ends_every_wait)
{
    system_run runs[N_WAITS];
    const char *reason = system_reason_to_skip();
    if (reason) {
        printf("SKIP: a_signal_ends_every_wait: %s\n", reason);
        return;
    }
    system_run patient = system_start(&stuck, N_WAITS, stuck_rule, false, false);
    for (size_t i = 0; i < N_WAITS; i++)
        runs[i] = system_start(&waits[i].scene, i, waits[i].rule, true, true);
    for (size_t i = 0; i < N_WAITS; i++) {
        /* None of them gets as far as a new output. */
        system_outputs outputs = {.n = *waits[i].scene.outputs ? 1 : 0, .names = {"r.txt"}};
        system_end end = system_finish(&runs[i], &outputs);
        ck_assert_msg(end.n_met == 1, "%s: the call was not made", waits[i].scene.name);
        ck_assert_msg(end.status == 128 + signals[waits[i].which].number, "%s: status %d",
                      waits[i].scene.name, end.status);
        expect_signal(&waits[i].scene, &outputs, waits[i].which, &end, waits[i].rule);
    }
    expect_death(&patient);
}
END_TEST

/* ---- errors ---------------------------------------------------------------------------------- */

/* Where an error is of no matter the run ends as ever; where it is, a message says so. */
static void expect_error(const system_scene *scene, const system_outputs *outputs, system_end *end,
                         const char *rule)
{
    static const char begin[] = "multimax-analyze: ";
    expect_whole(scene, outputs, end, rule);
    bool is_done = end->status == 0 && end->n_new == outputs->n && !*end->messages;
    bool is_told = end->status == 1 && strncmp(end->messages, begin, sizeof begin - 1) == 0;
    ck_assert_msg(is_done || is_told, "%s: %s: status %d, '%s'", scene->name, rule, end->status,
                  end->messages);
    system_forget(end);
}

START_TEST(any_call_that_fails_is_told_and_leaves_each_output_old_or_new)
{
    const system_scene *scene =
        scene_at(_i, "any_call_that_fails_is_told_and_leaves_each_output_old_or_new");
    if (!scene)
        return;
    system_outputs outputs = system_learn(scene);
    size_t n_calls = count_calls(scene, &outputs), n_failed = 0;
    size_t step = system_is_long() ? 1 : 1 + n_calls / 5;
    for (size_t n = step; n <= n_calls; n += step) {
        char rule[64];
        snprintf(rule, sizeof rule, "any %zu EIO", n);
        system_end end = run_under(scene, &outputs, rule);
        ck_assert_uint_eq(end.n_met, 1);
        n_failed += end.status != 0;
        /* What cannot be removed stays. */
        if (strcmp(end.met, "unlink") == 0)
            end.n_others = 0;
        expect_error(scene, &outputs, &end, rule);
    }
    ck_assert_uint_gt(n_failed, 0);
    system_forget_outputs(&outputs);
}
END_TEST

static void expect_no_difference(const system_scene *scene, const system_outputs *outputs,
                                 const char *rules, system_end *end)
{
    ck_assert_msg(end->status == 0 && end->n_new == outputs->n && end->n_others == 0,
                  "%s: %s: status %d, '%s'", scene->name, rules, end->status, end->messages);
    system_forget(end);
}

START_TEST(calls_that_fall_short_make_no_difference)
{
    static const char rules[] = "read 1- short; pread 1- short; write 1- short; pwrite 1- short";
    const system_scene *scene = scene_at(_i, "calls_that_fall_short_make_no_difference");
    if (!scene)
        return;
    system_outputs outputs = system_learn(scene);
    system_run run = system_start(scene, 0, rules, false, false);
    system_end end = system_finish(&run, &outputs);
    expect_no_difference(scene, &outputs, rules, &end);
    system_forget_outputs(&outputs);
}
END_TEST

START_TEST(calls_that_are_interrupted_make_no_difference)
{
    const system_scene *scene = scene_at(_i, "calls_that_are_interrupted_make_no_difference");
    if (!scene)
        return;
    system_outputs outputs = system_learn(scene);
    size_t n_met = 1;
    for (size_t n = 1; n_met > 0 && (n < 3 || system_is_long()); n++) {
        char rules[128];
        snprintf(rules, sizeof rules,
                 "read %zu EINTR; pread %zu EINTR; write %zu EINTR; pwrite %zu EINTR", n, n, n, n);
        system_end end = run_under(scene, &outputs, rules);
        n_met = end.n_met;
        expect_no_difference(scene, &outputs, rules, &end);
    }
    system_forget_outputs(&outputs);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("failing system");
    TCase *all = tcase_create("status, outputs and what stays");
    tcase_set_timeout(all, system_is_long() ? 1200 : 120);
    tcase_add_loop_test(all, a_signal_before_any_call_leaves_each_output_old_or_new, 0, N_SCENES);
    tcase_add_loop_test(all, a_signal_at_a_random_moment_leaves_each_output_old_or_new, 0,
                        N_SCENES);
    tcase_add_test(all, a_signal_ends_every_wait);
    tcase_add_loop_test(all, any_call_that_fails_is_told_and_leaves_each_output_old_or_new, 0,
                        N_SCENES);
    tcase_add_loop_test(all, calls_that_fall_short_make_no_difference, 0, N_SCENES);
    tcase_add_loop_test(all, calls_that_are_interrupted_make_no_difference, 0, N_SCENES);
    suite_add_tcase(suite, all);
    system_make_inputs();
    return testing_run(suite);
}
