#include "test_base.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* Every test works in a new folder that is its current one. */
static void enter_new_folder(void)
{
    static int n;
    char name[32];
    snprintf(name, sizeof name, "output-%ld-%d", (long)getpid(), n++);
    ck_assert_int_eq(chdir(testing_folder()), 0);
    ck_assert_int_eq(mkdir(name, 0777), 0);
    ck_assert_int_eq(chdir(name), 0);
}

static size_t count_files(void)
{
    DIR *folder = opendir(".");
    ck_assert_ptr_nonnull(folder);
    size_t n = 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return n;
}

static void put_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void expect_file(const char *name, const char *expected)
{
    char *text = testing_read_file(name, NULL);
    ck_assert_str_eq(text, expected);
    free(text);
}

static mmax_output *open_output(const char *name)
{
    mmax_output *output = NULL;
    mmax_error error = {.message = ""};
    mmax_status status = mmax_output_open(name, NULL, &output, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    return output;
}

static void commit(mmax_output *output)
{
    mmax_error error = {.message = ""};
    mmax_status status = mmax_output_commit(output, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    mmax_output_free(output);
}

static void expect_failed_commit(mmax_output *output, mmax_status status, const char *message)
{
    mmax_error error;
    ck_assert_int_eq(mmax_output_commit(output, &error), status);
    ck_assert_int_eq(error.status, status);
    ck_assert_str_eq(error.message, message);
    mmax_output_free(output);
}

static mode_t mode_of(const char *name)
{
    struct stat status;
    ck_assert_int_eq(stat(name, &status), 0);
    return status.st_mode & 07777;
}

/* ---- whole or absent ------------------------------------------------------------------------- */

START_TEST(a_new_file_appears_whole_when_it_is_committed)
{
    mmax_output *output = open_output("new");
    mmax_output_text(output, "text ");
    mmax_output_format(output, "%d%%, ", 5);
    mmax_output_number(output, 0.1);
    mmax_output_write(output, NULL, 0);
    mmax_output_write(output, "\n", 1);
    ck_assert_int_ne(access("new", F_OK), 0);
    commit(output);
    expect_file("new", "text 5%, 0.1\n");
    ck_assert_uint_eq(count_files(), 1);
}
END_TEST

/* The buffer has 65536 bytes. */
START_TEST(a_number_is_whole_wherever_the_buffer_ends)
{
    enum { N_BUFFER = 65536 };
    static const size_t counts[] = {0, 9, 10, 4096, SIZE_MAX};
    for (size_t shift = 0; shift < 40; shift++) {
        char *expected = mmax_alloc_array(N_BUFFER + 256, 1);
        ck_assert_ptr_nonnull(expected);
        memset(expected, '.', N_BUFFER - shift);
        mmax_output *output = open_output("numbers");
        mmax_output_write(output, expected, N_BUFFER - shift);
        mmax_output_number(output, -2.2250738585072014e-308);
        char *end = expected + N_BUFFER - shift;
        end += sprintf(end, "-2.2250738585072014e-308");
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            mmax_output_count(output, counts[i]);
            end += sprintf(end, "%zu", counts[i]);
        }
        commit(output);
        expect_file("numbers", expected);
        free(expected);
    }
}
END_TEST

START_TEST(an_old_file_stays_until_the_new_one_is_committed)
{
    put_file("file", "old");
    mmax_output *output = open_output("file");
    mmax_output_text(output, "new");
    expect_file("file", "old");
    commit(output);
    expect_file("file", "new");
    ck_assert_uint_eq(count_files(), 1);
}
END_TEST

START_TEST(what_is_not_committed_vanishes)
{
    put_file("file", "old");
    static const char *const names[] = {"file", "absent"};
    for (size_t i = 0; i < 2; i++) {
        mmax_output *output = open_output(names[i]);
        mmax_output_text(output, "new");
        ck_assert_uint_eq(count_files(), 2);
        mmax_output_free(output);
        ck_assert_uint_eq(count_files(), 1);
    }
    expect_file("file", "old");
    mmax_output_free(NULL);
}
END_TEST

/* A limit on the size of files stands for a full disk. */
START_TEST(a_failure_to_write_leaves_the_old_file)
{
    put_file("file", "old");
    mmax_output *output = open_output("file");
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit old, limit = {.rlim_cur = 100000, .rlim_max = 100000};
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
    limit.rlim_max = old.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    static char bytes[150000];
    mmax_error error = {.message = ""};
    ck_assert_int_eq(mmax_output_status(output, &error), MMAX_OK);
    mmax_output_write(output, bytes, sizeof bytes);
    ck_assert_int_eq(mmax_output_status(output, &error), MMAX_EIO);
    ck_assert_str_eq(error.message, "file: cannot write: File too large");
    mmax_output_text(output, "ignored");
    mmax_output_patch(output, 0, "ignored", 7);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
    expect_failed_commit(output, MMAX_EIO, "file: cannot write: File too large");
    expect_file("file", "old");
    ck_assert_uint_eq(count_files(), 1);
}
END_TEST

START_TEST(a_failure_to_rename_leaves_nothing_behind)
{
    mmax_output *output = open_output("file");
    ck_assert_int_eq(mkdir("file", 0777), 0);
    expect_failed_commit(output, MMAX_EIO, "file: cannot rename: Is a directory");
    ck_assert_uint_eq(count_files(), 1);
}
END_TEST

START_TEST(two_outputs_of_one_name_do_not_mix)
{
    mmax_output *first = open_output("file"), *second = open_output("file");
    mmax_output_text(first, "first");
    mmax_output_text(second, "second");
    commit(second);
    expect_file("file", "second");
    commit(first);
    expect_file("file", "first");
    ck_assert_uint_eq(count_files(), 1);
}
END_TEST

/* ---- names, modes, links --------------------------------------------------------------------- */

START_TEST(a_new_file_obeys_the_umask_and_a_replaced_one_keeps_its_mode)
{
    mode_t mask = umask(027);
    commit(open_output("new"));
    ck_assert_uint_eq(mode_of("new"), 0640);
    put_file("old", "");
    ck_assert_int_eq(chmod("old", 0604), 0);
    commit(open_output("old"));
    ck_assert_uint_eq(mode_of("old"), 0604);
    ck_assert_int_eq(chmod("old", 04755), 0); /* new contents are not to run as another user */
    commit(open_output("old"));
    ck_assert_uint_eq(mode_of("old"), 0755);
    ck_assert_uint_eq(umask(mask), 027);
}
END_TEST

START_TEST(a_replaced_file_keeps_owner_and_group_where_that_is_allowed)
{
    struct stat status;
    put_file("old", "");
    if (chown("old", 12345, 54321) != 0) {
        printf("SKIP: a_replaced_file_keeps_owner_and_group_where_that_is_allowed: not root\n");
        return;
    }
    commit(open_output("old"));
    ck_assert_int_eq(stat("old", &status), 0);
    ck_assert_uint_eq(status.st_uid, 12345);
    ck_assert_uint_eq(status.st_gid, 54321);
}
END_TEST

START_TEST(a_symbolic_link_is_followed_and_stays)
{
    ck_assert_int_eq(mkdir("folder", 0777), 0);
    put_file("folder/file", "old");
    ck_assert_int_eq(symlink("second", "first"), 0);
    ck_assert_int_eq(symlink("folder/file", "second"), 0);
    mmax_output *output = open_output("first");
    mmax_output_text(output, "new");
    commit(output);
    char target[16] = "";
    ck_assert_int_eq(readlink("first", target, sizeof target - 1), 6);
    ck_assert_str_eq(target, "second");
    expect_file("folder/file", "new");
    ck_assert_uint_eq(count_files(), 3);
}
END_TEST

START_TEST(a_link_to_a_file_that_is_not_there_yet_makes_it)
{
    char target[4096];
    ck_assert_ptr_nonnull(getcwd(target, sizeof target - 8));
    strcat(target, "/target");
    ck_assert_int_eq(symlink(target, "link"), 0);
    mmax_output *output = open_output("link");
    mmax_output_text(output, "new");
    commit(output);
    expect_file(target, "new");
    ck_assert_uint_eq(count_files(), 2);
}
END_TEST

START_TEST(a_name_of_the_greatest_length_is_written)
{
    char name[256] = "";
    memset(name, 'n', 255);
    mmax_output *output = open_output(name);
    mmax_output_text(output, "new");
    commit(output);
    expect_file(name, "new");
}
END_TEST

START_TEST(an_open_output_is_not_handed_to_programs_that_are_started)
{
    enum { N_DESCRIPTORS = 64 };
    bool before[N_DESCRIPTORS];
    for (int i = 0; i < N_DESCRIPTORS; i++)
        before[i] = fcntl(i, F_GETFD) >= 0;
    mmax_output *output = open_output("file");
    int n_new = 0;
    for (int i = 0; i < N_DESCRIPTORS; i++) {
        int flags = fcntl(i, F_GETFD);
        if (flags < 0 || before[i])
            continue;
        n_new++;
        ck_assert_int_eq(flags & FD_CLOEXEC, FD_CLOEXEC);
    }
    ck_assert_int_eq(n_new, 1);
    mmax_output_free(output);
}
END_TEST

/* ---- bytes ----------------------------------------------------------------------------------- */

/* Pieces of all sizes around that of the buffer, told apart by their bytes. */
START_TEST(pieces_of_any_size_arrive_in_order)
{
    static const size_t sizes[] = {1, 65535, 2, 65536, 65537, 3, 200000, 0, 65533, 65536, 1};
    enum { N = sizeof sizes / sizeof *sizes };
    mmax_output *output = open_output("file");
    size_t total = 0;
    for (size_t i = 0; i < N; i++) {
        char *piece = mmax_alloc_array(sizes[i], 1);
        ck_assert_ptr_nonnull(piece);
        memset(piece, 'a' + (int)i, sizes[i]);
        mmax_output_write(output, piece, sizes[i]);
        free(piece);
        total += sizes[i];
    }
    commit(output);
    size_t n_bytes, at = 0;
    char *bytes = testing_read_file("file", &n_bytes);
    ck_assert_uint_eq(n_bytes, total);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < sizes[i]; j++, at++)
            if (bytes[at] != 'a' + (int)i)
                ck_abort_msg("byte %zu is '%c'", at, bytes[at]);
    free(bytes);
}
END_TEST

START_TEST(a_formatted_text_longer_than_usual_arrives_whole)
{
    char *long_text = mmax_alloc_array(5001, 1);
    ck_assert_ptr_nonnull(long_text);
    memset(long_text, 'x', 5000);
    long_text[5000] = '\0';
    mmax_output *output = open_output("file");
    mmax_output_format(output, "%s", long_text);
    commit(output);
    expect_file("file", long_text);
    free(long_text);
}
END_TEST

START_TEST(a_patch_overwrites_what_was_written_and_nothing_else)
{
    mmax_output *output = open_output("file");
    ck_assert(mmax_output_can_patch(output));
    mmax_output_text(output, "rows: ????\n");
    mmax_output_patch(output, 6, "0012", 4);
    mmax_output_text(output, "end\n");
    mmax_output_patch(output, 0, "R", 1);
    commit(output);
    expect_file("file", "Rows: 0012\nend\n");
}
END_TEST

static void on_alarm(int signal_number)
{
    (void)signal_number;
}

/* Reads a pipe to its end in a process of its own, which succeeds if that were N_BYTES. */
static pid_t start_reader(const int ends[2], size_t n_bytes)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child != 0) {
        close(ends[0]);
        return child;
    }
    close(ends[1]);
    static char bytes[1000];
    size_t total = 0;
    for (ssize_t n; (n = read(ends[0], bytes, sizeof bytes)) != 0;)
        total += n > 0 ? (size_t)n : 0;
    _exit(total == n_bytes ? 0 : 1);
}

/* Signals that interrupt calls, and a pipe that somebody made non-blocking, lose no byte. */
START_TEST(interruptions_and_full_pipes_lose_nothing)
{
    enum { N_BYTES = 20000000, PIECE = 100000, MICROSECONDS = 2000 };
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(fcntl(ends[1], F_SETFL, _i ? O_NONBLOCK : 0), 0);
    pid_t reader = start_reader(ends, N_BYTES);
    struct sigaction action = {.sa_handler = on_alarm};
    /* Not so often that a slow machine does nothing else: memcheck looks at every byte first. */
    struct itimerval often = {{0, MICROSECONDS}, {0, MICROSECONDS}}, never = {{0, 0}, {0, 0}};
    ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
    char name[32];
    snprintf(name, sizeof name, "/dev/fd/%d", ends[1]);
    mmax_output *output = open_output(name);
    ck_assert(!mmax_output_can_patch(output));
    char *bytes = mmax_alloc_zeroed(N_BYTES, 1);
    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < N_BYTES; i += PIECE)
        mmax_output_write(output, bytes + i, PIECE);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
    commit(output);
    free(bytes);
    ck_assert_int_eq(close(ends[1]), 0); /* it was lent, and is open still */
    int status;
    ck_assert_int_eq(waitpid(reader, &status, 0), reader);
    ck_assert_int_eq(status, 0);
}
END_TEST

TCase *output_cases(void)
{
    TCase *output = tcase_create("output");
    tcase_set_timeout(output, 60);
    tcase_add_checked_fixture(output, enter_new_folder, NULL);
    tcase_add_test(output, a_new_file_appears_whole_when_it_is_committed);
    tcase_add_test(output, a_number_is_whole_wherever_the_buffer_ends);
    tcase_add_test(output, an_old_file_stays_until_the_new_one_is_committed);
    tcase_add_test(output, what_is_not_committed_vanishes);
    tcase_add_test(output, a_failure_to_write_leaves_the_old_file);
    tcase_add_test(output, a_failure_to_rename_leaves_nothing_behind);
    tcase_add_test(output, two_outputs_of_one_name_do_not_mix);
    tcase_add_test(output, a_new_file_obeys_the_umask_and_a_replaced_one_keeps_its_mode);
    tcase_add_test(output, a_replaced_file_keeps_owner_and_group_where_that_is_allowed);
    tcase_add_test(output, a_symbolic_link_is_followed_and_stays);
    tcase_add_test(output, a_link_to_a_file_that_is_not_there_yet_makes_it);
    tcase_add_test(output, a_name_of_the_greatest_length_is_written);
    tcase_add_test(output, an_open_output_is_not_handed_to_programs_that_are_started);
    tcase_add_test(output, pieces_of_any_size_arrive_in_order);
    tcase_add_test(output, a_formatted_text_longer_than_usual_arrives_whole);
    tcase_add_test(output, a_patch_overwrites_what_was_written_and_nothing_else);
    tcase_add_loop_test(output, interruptions_and_full_pipes_lose_nothing, 0, 2);
    return output;
}
