#include "test_base.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

static void enter_new_folder(void)
{
    static int n;
    char name[32];
    snprintf(name, sizeof name, "refused-%ld-%d", (long)getpid(), n++);
    ck_assert_int_eq(chdir(testing_folder()), 0);
    ck_assert_int_eq(mkdir(name, 0777), 0);
    ck_assert_int_eq(chdir(name), 0);
    ck_assert_int_eq(mkdir("folder", 0777), 0);
    ck_assert_int_eq(symlink("loop", "loop"), 0);
    ck_assert_int_eq(symlink("folder", "link"), 0);
    ck_assert_int_eq(close(open("file", O_WRONLY | O_CREAT, 0666)), 0);
}

static const struct {
    const char *name, *message;
} refusals[] = {
    {"", "the name of an output file is empty"},
    {"folder", "folder: is a directory; give a file name"},
    {"folder/", "folder/: is a directory; give a file name"},
    {"link", "link: is a directory; give a file name"},
    {".", ".: is a directory; give a file name"},
    {"/", "/: is a directory; give a file name"},
    {"absent/", "absent/: is a directory; give a file name"},
    {"absent/a.json", "absent/a.json: directory 'absent' does not exist; create it first"},
    {"folder/b/a.json", "folder/b/a.json: directory 'folder/b' does not exist; create it first"},
    {"\x1b[1m/a", "\\x1b[1m/a: directory '\\x1b[1m' does not exist; create it first"},
    {"file/a.json", "file/a.json: cannot open: Not a directory"},
    {"file/", "file/: cannot open: Not a directory"},
    {"loop", "loop: cannot open: Too many levels of symbolic links"},
    {"/dev/fd/", "/dev/fd/: is a directory; give a file name"},
};
enum { N_REFUSALS = sizeof refusals / sizeof *refusals };

START_TEST(a_name_that_cannot_be_written_to_is_refused_and_the_message_says_why)
{
    mmax_output *output = NULL;
    mmax_error error = {.message = ""};
    ck_assert_int_eq(mmax_output_open(refusals[_i].name, NULL, &output, &error), MMAX_EIO);
    ck_assert_str_eq(error.message, refusals[_i].message);
    ck_assert_ptr_null(output);
}
END_TEST

START_TEST(a_name_that_is_too_long_is_refused)
{
    char name[301] = "", expected[400];
    memset(name, 'n', 300);
    mmax_output *output;
    mmax_error error;
    ck_assert_int_eq(mmax_output_open(name, NULL, &output, &error), MMAX_EIO);
    snprintf(expected, sizeof expected, "%.252s...: cannot open: File name too long", name);
    ck_assert_str_eq(error.message, expected);
}
END_TEST

/* Root may write everything: nobody is to try. */
static void expect_refusal_without_rights(const char *name, const char *message)
{
    uid_t user = geteuid();
    if (user == 0)
        ck_assert_int_eq(seteuid(65534), 0);
    mmax_output *output;
    mmax_error error;
    mmax_status status = mmax_output_open(name, NULL, &output, &error);
    ck_assert_int_eq(seteuid(user), 0);
    ck_assert_int_eq(status, MMAX_EIO);
    ck_assert_str_eq(error.message, message);
}

START_TEST(a_file_that_may_not_be_written_is_not_replaced)
{
    ck_assert_int_eq(chmod(".", 0777), 0);
    ck_assert_int_eq(chmod("file", 0444), 0);
    expect_refusal_without_rights("file", "file: cannot open: Permission denied");
}
END_TEST

START_TEST(a_folder_that_may_not_be_written_is_reported)
{
    ck_assert_int_eq(chmod("folder", 0555), 0);
    expect_refusal_without_rights("folder/a", "folder/a: cannot create: Permission denied");
}
END_TEST

/* ---- devices and pipes ----------------------------------------------------------------------- */

static void expect_failure(const char *name, mmax_status status, const char *message)
{
    mmax_output *output;
    mmax_error error;
    ck_assert_int_eq(mmax_output_open(name, NULL, &output, &error), MMAX_OK);
    mmax_output_text(output, "text");
    ck_assert_int_eq(mmax_output_commit(output, &error), status);
    ck_assert_str_eq(error.message, message);
    mmax_output_free(output);
}

START_TEST(a_full_device_is_an_error)
{
    if (access("/dev/full", W_OK) != 0) {
        printf("SKIP: a_full_device_is_an_error: there is no /dev/full\n");
        return;
    }
    expect_failure("/dev/full", MMAX_EIO, "/dev/full: cannot write: No space left on device");
    /* Through a link as well, which is not replaced. */
    ck_assert_int_eq(symlink("/dev/full", "full"), 0);
    expect_failure("full", MMAX_EIO, "full: cannot write: No space left on device");
}
END_TEST

START_TEST(a_reader_that_went_away_is_told_apart_from_other_errors)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(close(ends[0]), 0);
    signal(SIGPIPE, SIG_IGN);
    int saved = dup(STDOUT_FILENO);
    ck_assert_int_eq(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
    expect_failure("-", MMAX_EPIPE, "standard output: the reader went away");
    expect_failure("/dev/stdout", MMAX_EPIPE, "/dev/stdout: the reader went away");
    ck_assert_int_eq(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
}
END_TEST

START_TEST(a_closed_descriptor_is_an_error)
{
    expect_failure("/dev/fd/1234567", MMAX_EIO,
                   "/dev/fd/1234567: cannot write: Bad file descriptor");
}
END_TEST

/* Standard output goes to a file that others write to as well. */
START_TEST(standard_output_is_appended_to_and_stays_open)
{
    static const char *const names[] = {"-", "/dev/stdout", "/dev/fd/1"};
    int file = open("file", O_WRONLY), saved = dup(STDOUT_FILENO);
    ck_assert_int_eq(dup2(file, STDOUT_FILENO), STDOUT_FILENO);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(write(STDOUT_FILENO, "before ", 7), 7);
        mmax_output *output;
        ck_assert_int_eq(mmax_output_open(names[i], NULL, &output, NULL), MMAX_OK);
        ck_assert(!mmax_output_can_patch(output));
        mmax_output_text(output, "ours ");
        ck_assert_int_eq(mmax_output_commit(output, NULL), MMAX_OK);
        mmax_output_free(output);
    }
    ck_assert_int_eq(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
    char *text = testing_read_file("file", NULL);
    ck_assert_str_eq(text, "before ours before ours before ours ");
    free(text);
}
END_TEST

START_TEST(standard_error_can_be_named)
{
    int file = open("file", O_WRONLY), saved = dup(STDERR_FILENO);
    ck_assert_int_eq(dup2(file, STDERR_FILENO), STDERR_FILENO);
    mmax_output *output;
    mmax_status status = mmax_output_open("/dev/stderr", NULL, &output, NULL);
    ck_assert_int_eq(dup2(saved, STDERR_FILENO), STDERR_FILENO);
    ck_assert_int_eq(status, MMAX_OK);
    mmax_output_free(output);
}
END_TEST

START_TEST(a_named_pipe_is_written_to_and_not_replaced)
{
    ck_assert_int_eq(mkfifo("pipe", 0600), 0);
    int reader = open("pipe", O_RDONLY | O_NONBLOCK);
    ck_assert_int_ge(reader, 0);
    mmax_output *output;
    ck_assert_int_eq(mmax_output_open("pipe", NULL, &output, NULL), MMAX_OK);
    ck_assert(!mmax_output_can_patch(output));
    mmax_output_text(output, "through");
    ck_assert_int_eq(mmax_output_commit(output, NULL), MMAX_OK);
    mmax_output_free(output);
    char text[16] = "";
    ck_assert_int_eq(read(reader, text, sizeof text - 1), 7);
    ck_assert_str_eq(text, "through");
    close(reader);
    struct stat status;
    ck_assert_int_eq(stat("pipe", &status), 0);
    ck_assert(S_ISFIFO(status.st_mode));
}
END_TEST

/* ---- cancelled ------------------------------------------------------------------------------- */

static volatile sig_atomic_t raised;

static void raise_flag(int signal_number)
{
    raised = signal_number;
}

/* From now on, again and again: one that comes before the wait that it is to end is not the last.
 * Not so often that a slow machine does nothing else. */
static void raise_signals(void)
{
    struct sigaction action = {.sa_handler = raise_flag};
    struct itimerval often = {{0, 5000}, {0, 5000}};
    ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
}

START_TEST(what_was_cancelled_is_not_put_in_place)
{
    mmax_output *output;
    mmax_error error;
    ck_assert_int_eq(mmax_output_open("file", &raised, &output, &error), MMAX_OK);
    mmax_output_text(output, "text");
    raised = 1;
    ck_assert_int_eq(mmax_output_commit(output, &error), MMAX_ECANCELED);
    ck_assert_str_eq(error.message, "file: writing was cancelled");
    mmax_output_free(output);
    char *text = testing_read_file("file", NULL);
    ck_assert_str_eq(text, "");
    free(text);
}
END_TEST

START_TEST(cancelling_ends_the_wait_for_the_reader_of_a_named_pipe)
{
    ck_assert_int_eq(mkfifo("pipe", 0600), 0);
    raise_signals();
    mmax_output *output;
    mmax_error error;
    ck_assert_int_eq(mmax_output_open("pipe", &raised, &output, &error), MMAX_ECANCELED);
    ck_assert_str_eq(error.message, "pipe: writing was cancelled");
}
END_TEST

/* More than a pipe holds, and nobody reads; the other time the pipe does not block. */
START_TEST(cancelling_ends_the_wait_for_room_in_a_pipe)
{
    static char bytes[1 << 18];
    int ends[2];
    char name[32];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(fcntl(ends[1], F_SETFL, _i ? O_NONBLOCK : 0), 0);
    snprintf(name, sizeof name, "/dev/fd/%d", ends[1]);
    mmax_output *output;
    mmax_error error;
    ck_assert_int_eq(mmax_output_open(name, &raised, &output, &error), MMAX_OK);
    raise_signals();
    mmax_output_write(output, bytes, sizeof bytes);
    ck_assert_int_eq(mmax_output_status(output, &error), MMAX_ECANCELED);
    ck_assert_int_eq(mmax_output_commit(output, &error), MMAX_ECANCELED);
    mmax_output_free(output);
}
END_TEST

TCase *refused_output_cases(void)
{
    TCase *refused = tcase_create("refused and special outputs");
    tcase_add_checked_fixture(refused, enter_new_folder, NULL);
    tcase_add_loop_test(refused,
                        a_name_that_cannot_be_written_to_is_refused_and_the_message_says_why, 0,
                        N_REFUSALS);
    tcase_add_test(refused, a_name_that_is_too_long_is_refused);
    tcase_add_test(refused, a_file_that_may_not_be_written_is_not_replaced);
    tcase_add_test(refused, a_folder_that_may_not_be_written_is_reported);
    tcase_add_test(refused, a_full_device_is_an_error);
    tcase_add_test(refused, a_reader_that_went_away_is_told_apart_from_other_errors);
    tcase_add_test(refused, a_closed_descriptor_is_an_error);
    tcase_add_test(refused, standard_output_is_appended_to_and_stays_open);
    tcase_add_test(refused, standard_error_can_be_named);
    tcase_add_test(refused, a_named_pipe_is_written_to_and_not_replaced);
    tcase_add_test(refused, what_was_cancelled_is_not_put_in_place);
    tcase_add_test(refused, cancelling_ends_the_wait_for_the_reader_of_a_named_pipe);
    tcase_add_loop_test(refused, cancelling_ends_the_wait_for_room_in_a_pipe, 0, 2);
    return refused;
}
