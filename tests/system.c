#include "system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char old_text[] = "old\n";

bool system_is_long(void)
{
    const char *value = getenv("MULTIMAX_LONG");
    return value && *value;
}

/* ---- what is run ----------------------------------------------------------------------------- */

/* A path in the build tree, from its root; NULL where nothing is.  Where the root is, is found out
 * before a run changes folders. */
static const char *built(const char *name)
{
    static char top[PATH_MAX / 2], path[PATH_MAX];
    const char *given = getenv("top_builddir");
    if (!*top) {
        char *found = realpath(given ? given : ".", NULL);
        if (!found || strlen(found) >= sizeof top)
            abort();
        strcpy(top, found);
        free(found);
    }
    snprintf(path, sizeof path, "%s/%s", top, name);
    return access(path, F_OK) == 0 ? path : NULL;
}

/* The program itself rather than libtool's script. */
static const char *program(void)
{
    const char *path = built(".libs/multimax-analyze");
    return path ? path : built("multimax-analyze");
}

const char *system_reason_to_skip(void)
{
    if (!built("tests/.libs/failing-system.so"))
        return "without shared libraries nothing can be preloaded";
    if (access("/proc/self/fd/0", F_OK) != 0)
        return "there is no /proc";
    return NULL;
}

bool system_can_draw(void)
{
    char command[PATH_MAX + 64];
    snprintf(command, sizeof command, "'%s' --version | grep -q cairo", built("multimax-analyze"));
    return system(command) == 0;
}

/* ---- folders --------------------------------------------------------------------------------- */

static const char *const inputs[] = {"logits.csv", "logits.csv.gz", "heads.npy",  "heads.npy.gz",
                                     "mask.npy",   "tokens.txt",    "arrays.npz", "deflated.npz"};

void system_make_inputs(void)
{
    static const char script[] =
        "cd '%s' && PATH='%s/tests':$PATH || exit 1\n"
        "awk 'BEGIN { for (i = 0; i < 2000; i++) print i %% 7 \",0,1.5,\" i %% 3 }' >logits.csv\n"
        "awk 'BEGIN { for (i = 0; i < 9600; i++) print i * i %% 31 / 4 }' |\n"
        "    npy-from-text '<f4' '(2, 3, 40, 40)' >heads.npy &&\n"
        "awk 'BEGIN { for (i = 0; i < 1600; i++) print (i * 7 %% 5 > 0) }' |\n"
        "    npy-from-text '|b1' '(40, 40)' >mask.npy &&\n"
        "printf '%%s\\n' a b c d >tokens.txt && npz-pack arrays.npz heads.npy &&\n"
        "npz-pack -d deflated.npz heads.npy && gzip -k logits.csv heads.npy\n";
    static char command[sizeof script + PATH_MAX + 64];
    snprintf(command, sizeof command, script, testing_folder(), built("."));
    if (system(command) != 0)
        abort();
}

static void make_folder(const char *folder)
{
    char target[256], name[256];
    ck_assert_int_eq(mkdir(folder, 0777), 0);
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        snprintf(target, sizeof target, "%s/%s", testing_folder(), inputs[i]);
        snprintf(name, sizeof name, "%s/%s", folder, inputs[i]);
        ck_assert_int_eq(symlink(target, name), 0);
    }
    snprintf(name, sizeof name, "%s/out", folder);
    ck_assert_int_eq(mkdir(name, 0777), 0);
    snprintf(name, sizeof name, "%s/tmp", folder);
    ck_assert_int_eq(mkdir(name, 0777), 0);
    snprintf(name, sizeof name, "%s/fifo", folder);
    ck_assert_int_eq(mkfifo(name, 0600), 0);
}

/* The names of a scene's outputs. */
static size_t split_outputs(const system_scene *scene, char names[SYSTEM_MOST_OUTPUTS][64])
{
    size_t n = 0;
    for (const char *at = scene->outputs; *at; n++) {
        size_t length = strcspn(at, " ");
        ck_assert_uint_lt(n, SYSTEM_MOST_OUTPUTS);
        snprintf(names[n], 64, "%.*s", (int)length, at);
        at += length + strspn(at + length, " ");
    }
    return n;
}

/* What is in a folder of the run: how much, or it is removed. */
static size_t list_files(const system_run *run, const char *name, bool removes)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", run->folder, name);
    DIR *folder = opendir(path);
    ck_assert_ptr_nonnull(folder);
    size_t n = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s/%.255s", run->folder, name, entry->d_name);
        if (removes)
            ck_assert_int_eq(unlink(path), 0);
        n++;
    }
    closedir(folder);
    return n;
}

static void put_old(const system_run *run)
{
    char names[SYSTEM_MOST_OUTPUTS][64], path[256];
    size_t n = split_outputs(run->scene, names);
    snprintf(path, sizeof path, "%s/log", run->folder);
    unlink(path);
    list_files(run, "out", true);
    list_files(run, "tmp", true);
    for (size_t i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/out/%s", run->folder, names[i]);
        int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
        ck_assert_int_ge(file, 0);
        ck_assert_int_eq(write(file, old_text, sizeof old_text - 1), sizeof old_text - 1);
        close(file);
    }
}

/* ---- running --------------------------------------------------------------------------------- */

static void become_program(const system_run *run, const char *rules)
{
    enum { MOST_ARGUMENTS = 40 };
    static char name[] = "multimax-analyze", path[PATH_MAX];
    char *arguments[MOST_ARGUMENTS + 1] = {name}, *rest = NULL;
    char *copy = mmax_copy_text(run->scene->arguments);
    size_t n = 1;
    for (char *one = strtok_r(copy, " ", &rest); one; one = strtok_r(NULL, " ", &rest))
        if (n < MOST_ARGUMENTS)
            arguments[n++] = one;
    setenv("LD_LIBRARY_PATH", built(".libs") ? built(".libs") : "", 1);
    setenv("FAILING_SYSTEM", rules, 1);
    setenv("FAILING_SYSTEM_UNDER", testing_folder(), 1);
    snprintf(path, sizeof path, "%s/tmp", run->folder);
    setenv("TMPDIR", path, 1);
    snprintf(path, sizeof path, "%s/log", run->folder);
    if (run->is_noted)
        setenv("FAILING_SYSTEM_LOG", path, 1);
    if (*rules)
        setenv("LD_PRELOAD", built("tests/.libs/failing-system.so"), 1);
    execv(program(), arguments);
    _exit(127);
}

/* Signals are as a shell leaves them, not as Check does. */
static void reset_signals(const sigset_t *mask)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGPIPE, SIGXCPU};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        signal(numbers[i], SIG_DFL);
    sigprocmask(SIG_SETMASK, mask, NULL);
}

static pid_t fork_quietly(void)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t child = fork();
    if (child == 0)
        reset_signals(&before);
    else
        sigprocmask(SIG_SETMASK, &before, NULL);
    ck_assert_int_ge(child, 0);
    return child;
}

static void redirect(int descriptor, const char *name, int flags)
{
    int file = open(name, flags, 0666);
    if (file < 0 || dup2(file, descriptor) < 0)
        _exit(126);
    close(file);
}

/* Brings the file into the pipe until it is at its end, or nobody reads it any more. */
static void feed(const char *name, int pipe_end)
{
    char bytes[4096];
    int file = open(name, O_RDONLY);
    ssize_t n;
    while ((n = read(file, bytes, sizeof bytes)) > 0)
        for (ssize_t done = 0, now; done < n; done += now)
            if ((now = write(pipe_end, bytes + done, (size_t)(n - done))) < 0)
                _exit(0);
    _exit(n < 0);
}

/* Pipes whose other ends the program itself holds open, so that they block for ever. */
static void hold_pipes(void)
{
    int in[2], out[2];
    if (pipe(in) != 0 || pipe(out) != 0 || dup2(in[0], STDIN_FILENO) < 0 ||
        dup2(out[1], STDOUT_FILENO) < 0)
        _exit(126);
}

system_run system_start(const system_scene *scene, size_t n, const char *rules, bool holds_pipes,
                        bool noted)
{
    system_run run = {.scene = scene, .is_noted = noted};
    int ends[2];
    snprintf(run.folder, sizeof run.folder, "%s/%ld-%zu", testing_folder(), (long)getpid(), n);
    if (access(run.folder, F_OK) != 0)
        make_folder(run.folder);
    put_old(&run);
    ck_assert_int_eq(pipe(ends), 0);
    run.program = fork_quietly();
    if (run.program == 0) {
        if (chdir(run.folder) != 0)
            _exit(126);
        redirect(STDERR_FILENO, "messages", O_WRONLY | O_CREAT | O_TRUNC);
        redirect(STDOUT_FILENO, "printed", O_WRONLY | O_CREAT | O_TRUNC);
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        close(ends[1]);
        if (holds_pipes)
            hold_pipes();
        become_program(&run, rules);
    }
    close(ends[0]);
    if (scene->piped && (run.feeder = fork_quietly()) == 0) {
        if (chdir(run.folder) != 0)
            _exit(126);
        feed(scene->piped, ends[1]);
    }
    close(ends[1]);
    return run;
}

/* ---- what is left ---------------------------------------------------------------------------- */

static void look_at_outputs(const system_run *run, const system_outputs *outputs, system_end *end)
{
    for (size_t i = 0; i < outputs->n; i++) {
        char path[256];
        size_t n_bytes;
        snprintf(path, sizeof path, "%s/out/%s", run->folder, outputs->names[i]);
        char *bytes = testing_read_file(path, &n_bytes);
        end->n_new +=
            n_bytes == outputs->n_bytes[i] && memcmp(bytes, outputs->bytes[i], n_bytes) == 0;
        end->n_old += strcmp(bytes, old_text) == 0;
        free(bytes);
    }
    end->n_others = list_files(run, "out", false) + list_files(run, "tmp", false) - outputs->n;
}

static size_t count_lines(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

static int wait_for(pid_t process)
{
    int status;
    pid_t waited;
    do
        waited = waitpid(process, &status, 0);
    while (waited < 0 && errno == EINTR);
    ck_assert_int_eq(waited, process);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

system_end system_finish(system_run *run, const system_outputs *outputs)
{
    system_end end = {.status = wait_for(run->program)};
    char path[256];
    if (run->feeder)
        ck_assert_int_eq(wait_for(run->feeder) % 128 % SIGPIPE, 0);
    snprintf(path, sizeof path, "%s/messages", run->folder);
    end.messages = testing_read_file(path, NULL);
    snprintf(path, sizeof path, "%s/log", run->folder);
    if (run->is_noted && access(path, F_OK) == 0) {
        char *log = testing_read_file(path, NULL);
        end.n_met = count_lines(log);
        snprintf(end.met, sizeof end.met, "%.*s", (int)strcspn(log, " "), log);
        free(log);
    }
    if (outputs)
        look_at_outputs(run, outputs, &end);
    return end;
}

void system_forget(system_end *end)
{
    free(end->messages);
}

system_outputs system_learn(const system_scene *scene)
{
    system_outputs outputs = {0};
    system_run run = system_start(scene, 0, "", false, false);
    system_end end = system_finish(&run, NULL);
    ck_assert_msg(end.status == 0, "%s: %d: %s", scene->name, end.status, end.messages);
    system_forget(&end);
    outputs.n = split_outputs(scene, outputs.names);
    for (size_t i = 0; i < outputs.n; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/out/%s", run.folder, outputs.names[i]);
        outputs.bytes[i] = testing_read_file(path, &outputs.n_bytes[i]);
        ck_assert_str_ne(outputs.bytes[i], old_text);
    }
    ck_assert_uint_eq(list_files(&run, "out", false), outputs.n);
    return outputs;
}

void system_forget_outputs(system_outputs *outputs)
{
    for (size_t i = 0; i < outputs->n; i++)
        free(outputs->bytes[i]);
}
