#include "test_io.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- formats --------------------------------------------------------------------------------- */

START_TEST(every_format_is_found_by_the_name_it_is_listed_under)
{
    static const char *const names[] = {"auto", "npy", "npz", "safetensors", "csv", "tsv"};
    size_t i;
    for (i = 0; mmax_format_name_at(i); i++) {
        mmax_format format = MMAX_FORMAT_AUTO;
        ck_assert_str_eq(mmax_format_name_at(i), names[i]);
        ck_assert(mmax_format_parse(names[i], &format));
        ck_assert_uint_eq(format, i);
    }
    ck_assert_uint_eq(i, 6);
    mmax_format untouched = MMAX_FORMAT_TSV;
    ck_assert(!mmax_format_parse("xml", &untouched));
    ck_assert_int_eq(untouched, MMAX_FORMAT_TSV);
}
END_TEST

#define TO_NPY         "save one array as .npy with np.save"
#define BYTES(literal) literal, sizeof(literal) - 1

static const struct {
    const char *bytes;
    size_t n_bytes;
    const char *message;
} foreign[] = {
    {BYTES("version https://git-lfs.github.com/spec/v1\noid sha256:17\nsize 11\n"),
     "x: is a git-lfs pointer, not the file; run 'git lfs pull'"},
    {BYTES("\x80\x04\x95"),
     "x: is a Python pickle, which is never loaded; save the array with np.save"},
    {BYTES("PK\x05\x06"), "x: is an empty zip archive; " TO_NPY},
    {BYTES("\x89HDF\r\n\x1a\n"), "x: is an HDF5 file; " TO_NPY},
    {BYTES("MATLAB 5.0 MAT-file, Platform"), "x: is a MATLAB file; " TO_NPY},
    {BYTES("PAR1\x15\x04"), "x: is a Parquet file; save its numbers as .csv or .npy"},
    {BYTES("ARROW1\0\0"), "x: is an Arrow file; save its numbers as .csv or .npy"},
    {BYTES("\x89PNG\r\n\x1a\n"), "x: is a PNG picture; give the numbers behind it"},
    {BYTES("\xff\xd8\xff\xe0"), "x: is a JPEG picture; give the numbers behind it"},
    {BYTES("GIF89a"), "x: is a GIF picture; give the numbers behind it"},
    {BYTES("%PDF-1.7"), "x: is a PDF document; give the numbers behind it"},
    {BYTES("\xd0\xcf\x11\xe0"), "x: is an old Office document; save the sheet as .csv"},
    {BYTES("\xff\xfe"
           "1\0"),
     "x: is UTF-16 text; convert it with iconv -f UTF-16 -t UTF-8"},
    {BYTES("\xfe\xff\0"
           "1"),
     "x: is UTF-16 text; convert it with iconv -f UTF-16 -t UTF-8"},
    {BYTES("<!DOCTYPE html>"), "x: is a web page; download the file itself"},
    {BYTES("<html>"), "x: is a web page; download the file itself"},
    {BYTES("{\"a\": 1}"), "x: is JSON text; save its numbers as .csv or .npy"},
    {BYTES("{\n"), "x: is JSON text; save its numbers as .csv or .npy"},
};

START_TEST(files_of_other_programs_are_refused_by_name_with_advice)
{
    write_bytes("x", foreign[_i].bytes, foreign[_i].n_bytes);
    for (int format = MMAX_FORMAT_AUTO; format <= MMAX_FORMAT_TSV; format++) {
        mmax_source_options options = {.format = (mmax_format)format};
        expect_failure("x", &options, MMAX_EUNSUPPORTED, foreign[_i].message);
    }
}
END_TEST

static const char npy_of_one[] =
    "\x93NUMPY\x01\0\x37\0{'descr': '<f8', 'fortran_order': False, 'shape': ()}  "
    "\0\0\0\0\0\0\xf0\x3f";

START_TEST(a_format_that_does_not_fit_is_an_error)
{
    mmax_source_options options = {.format = MMAX_FORMAT_CSV};
    write_bytes("a.npy", npy_of_one, sizeof npy_of_one - 1);
    expect_failure("a.npy", &options, MMAX_EFORMAT, "a.npy: is an NPY file, not csv");
    write_bytes("a.csv", "1,2\n", 4);
    options.format = MMAX_FORMAT_NPY;
    expect_failure("a.csv", &options, MMAX_EFORMAT,
                   "a.csv: is not an NPY file: it does not begin with '\\x93NUMPY'");
}
END_TEST

static const struct {
    const char *file, *text, *format;
    size_t row_length;
} sniffed[] = {
    {"a.csv", "1,2\n", "csv", 2},
    {"a.CSV", "1,2\n", "csv", 2},
    {"a.tsv", "1\t2\n", "tsv", 2},
    {"a.tab", "1\t2\n", "tsv", 2},
    {"a.txt", "1,2\n", "csv", 2},
    {"a.txt", "1\t2\n", "tsv", 2},
    {"a", "\n#,\n1\t2\n", "tsv", 2},
    {"a", "\"x\ty\",b\n1,2\n", "csv", 2},
    {"a", "# x\ty\n1,2\n", "csv", 2},
    {"a", "1\n2\n", "csv", 1},
    {"a", "5", "csv", 1},
    {"wrong.csv", npy_of_one, "npy", 1},
};

START_TEST(the_first_bytes_decide_then_the_suffix_then_the_first_line)
{
    bool is_npy = sniffed[_i].text == npy_of_one;
    size_t n_bytes = is_npy ? sizeof npy_of_one - 1 : strlen(sniffed[_i].text);
    mmax_source *source;
    mmax_error error;
    write_bytes(sniffed[_i].file, sniffed[_i].text, n_bytes);
    ck_assert_int_eq(mmax_source_open(sniffed[_i].file, NULL, &source, &error), MMAX_OK);
    ck_assert_str_eq(mmax_source_input(source)->format, sniffed[_i].format);
    ck_assert_uint_eq(mmax_source_input(source)->row_length, sniffed[_i].row_length);
    mmax_source_free(source);
}
END_TEST

START_TEST(a_delimiter_that_numbers_are_made_of_is_refused)
{
    mmax_source_options options = {0};
    static const char taken[] = "\"\n\r#-.5e";
    write_bytes("a.csv", "1,2\n", 4);
    for (const char *c = taken; *c; c++) {
        char message[128], quoted[8];
        options.delimiter = *c;
        snprintf(message, sizeof message,
                 "invalid delimiter '%s': it would be mistaken for a part of the text",
                 mmax_quote(c, 1, quoted, sizeof quoted));
        expect_failure("a.csv", &options, MMAX_EUSAGE, message);
    }
}
END_TEST

/* ---- files ----------------------------------------------------------------------------------- */

START_TEST(what_cannot_be_opened_is_said_as_the_system_says_it)
{
    expect_failure("no.npy", NULL, MMAX_EIO, "no.npy: cannot open: No such file or directory");
    expect_failure("", NULL, MMAX_EIO, "'': cannot open: No such file or directory");
    expect_failure("n\x1b.npy", NULL, MMAX_EIO,
                   "n\\x1b.npy: cannot open: No such file or directory");
    ck_assert_int_eq(mkdir("folder", 0700), 0);
    expect_failure("folder", NULL, MMAX_EIO, "folder: is a directory; give the files in it");
    write_bytes("locked.npy", "1", 1);
    ck_assert_int_eq(chmod("locked.npy", 0), 0);
    if (geteuid() == 0)
        printf("SKIP: locked.npy: root may read everything\n");
    else
        expect_failure("locked.npy", NULL, MMAX_EIO, "locked.npy: cannot open: Permission denied");
    feed_stdin("", 0);
    expect_failure("-", NULL, MMAX_EFORMAT,
                   "standard input: is empty; expected an array or rows of numbers");
}
END_TEST

START_TEST(a_fifo_and_a_redirected_file_are_read_as_any_input)
{
    mmax_source *source;
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    pid_t child = fork();
    if (child == 0) {
        int out = open("fifo", O_WRONLY);
        _exit(write(out, npy_of_one, sizeof npy_of_one - 1) < 0);
    }
    double *values = read_all("fifo", NULL, 3, &source);
    ck_assert_double_eq(values[0], 1);
    free(values);
    mmax_source_free(source);

    write_bytes("skipped", "xxxx", 4);
    FILE *file = fopen("skipped", "ab");
    ck_assert_uint_eq(fwrite(npy_of_one, 1, sizeof npy_of_one - 1, file), sizeof npy_of_one - 1);
    fclose(file);
    int in = open("skipped", O_RDONLY);
    ck_assert_int_eq(lseek(in, 4, SEEK_SET), 4);
    ck_assert_int_eq(dup2(in, STDIN_FILENO), STDIN_FILENO);
    values = read_all("-", NULL, 3, &source);
    ck_assert_str_eq(mmax_source_input(source)->file, "-");
    ck_assert_double_eq(values[0], 1);
    free(values);
    mmax_source_free(source);
}
END_TEST

/* A 8000 x 100 array of float64, 6.4 MB: more than is read ahead. */
static void write_large(const char *name, const char *order)
{
    static char data[8000 * 100 * 8];
    char dictionary[128];
    size_t n_bytes;
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '=f8', 'fortran_order': %s, 'shape': (8000, 100)}", order);
    char *bytes = npy_bytes(1, dictionary, data, sizeof data, &n_bytes);
    write_bytes(name, bytes, n_bytes);
    free(bytes);
}

static void read_while_cut(const char *order)
{
    static double rows[8000 * 100];
    mmax_source *source;
    mmax_error error;
    size_t n;
    write_large("cut.npy", order);
    ck_assert_int_eq(mmax_source_open("cut.npy", NULL, &source, &error), MMAX_OK);
    ck_assert_int_eq(mmax_source_read(source, 1, rows, &n, &error), MMAX_OK);
    ck_assert_int_eq(truncate("cut.npy", 5000), 0);
    ck_assert_int_eq(mmax_source_read(source, 8000, rows, &n, &error), MMAX_EIO);
    ck_assert_str_eq(error.message, "cut.npy: became shorter while it was read");
    mmax_source_free(source);
}

START_TEST(a_file_that_shrinks_while_it_is_read_is_an_error)
{
    read_while_cut("True");
    read_while_cut("False");
}
END_TEST

START_TEST(a_file_that_is_written_to_while_it_is_read_is_an_error)
{
    static double rows[8000 * 100];
    static const char message[] =
        "was written to while it was read; try again when its writer has finished";
    static const char *const names[] = {"large.npy", "small.csv"};
    for (size_t i = 0; i < 2; i++) {
        mmax_source *source;
        mmax_error error;
        size_t n;
        char expected[128];
        write_large("large.npy", "False");
        write_bytes("small.csv", "1,2\n3,4\n", 8);
        ck_assert_int_eq(mmax_source_open(names[i], NULL, &source, &error), MMAX_OK);
        ck_assert_int_eq(mmax_source_read(source, 1, rows, &n, &error), MMAX_OK);
        FILE *file = fopen(names[i], "ab");
        fputs("5,6\n", file);
        fclose(file);
        ck_assert_int_eq(mmax_source_read(source, 8000, rows, &n, &error), MMAX_EIO);
        snprintf(expected, sizeof expected, "%s: %s", names[i], message);
        ck_assert_str_eq(error.message, expected);
        mmax_source_free(source);
    }
}
END_TEST

START_TEST(a_raised_flag_stops_reading)
{
    static double rows[8000 * 100];
    volatile sig_atomic_t flag = 0;
    mmax_source_options options = {.cancel = &flag};
    mmax_source *source;
    mmax_error error;
    size_t n;
    write_large("large.npy", "False");
    ck_assert_int_eq(mmax_source_open("large.npy", &options, &source, &error), MMAX_OK);
    flag = 1;
    ck_assert_int_eq(mmax_source_read(source, 8000, rows, &n, &error), MMAX_ECANCELED);
    ck_assert_str_eq(error.message, "large.npy: reading was cancelled");
    mmax_source_free(source);
    expect_failure("large.npy", &options, MMAX_ECANCELED, "large.npy: reading was cancelled");
}
END_TEST

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

START_TEST(a_signal_ends_the_wait_for_a_pipe_that_says_nothing)
{
    int ends[2];
    mmax_source *source;
    mmax_error error;
    mmax_source_options options = {.cancel = &interrupted};
    struct sigaction action = {.sa_handler = interrupt};
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
    alarm(1);
    ck_assert_int_eq(mmax_source_open("-", &options, &source, &error), MMAX_ECANCELED);
    ck_assert_str_eq(error.message, "standard input: reading was cancelled");
}
END_TEST

START_TEST(a_standard_input_that_does_not_block_is_waited_for)
{
    int ends[2];
    mmax_source *source;
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    if (fork() == 0) {
        struct timespec pause = {.tv_nsec = 50000000};
        nanosleep(&pause, NULL);
        _exit(write(ends[1], "1,2\n", 4) != 4);
    }
    close(ends[1]);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    double *values = read_all("-", NULL, 3, &source);
    ck_assert_double_eq(values[1], 2);
    free(values);
    mmax_source_free(source);
}
END_TEST

/* ---- memory and places ----------------------------------------------------------------------- */

static const struct {
    size_t n_dims, shape[4], row, column;
    const char *place;
} places[] = {
    {0, {0}, 0, 0, "memory"},
    {1, {7}, 0, 5, "memory: column 5"},
    {2, {3, 7}, 2, 5, "memory: row 2, column 5"},
    {3, {2, 3, 7}, 5, 5, "memory: group 1, row 2, column 5"},
    {4, {2, 4, 3, 7}, 11, 5, "memory: group 0.3, row 2, column 5"},
};

START_TEST(an_entry_of_an_array_has_its_indices_as_its_place)
{
    static const double logits[168] = {0};
    double row[7];
    char place[128];
    mmax_source *source;
    mmax_error error;
    size_t n;
    ck_assert_int_eq(
        mmax_source_open_memory(logits, places[_i].shape, places[_i].n_dims, &source, &error),
        MMAX_OK);
    for (size_t i = 0; i <= places[_i].row; i++)
        ck_assert_int_eq(mmax_source_read(source, 1, row, &n, &error), MMAX_OK);
    mmax_source_place(source, 0, places[_i].column, place, sizeof place);
    ck_assert_str_eq(place, places[_i].place);
    ck_assert_ptr_null(mmax_source_row_label(source, 0));
    mmax_source_free(source);
}
END_TEST

START_TEST(an_array_in_memory_is_read_whatever_the_block)
{
    double logits[24], rows[24];
    const size_t shape[] = {2, 3, 4};
    for (size_t i = 0; i < 24; i++)
        logits[i] = (double)i;
    for (size_t block = 1; block <= 6; block++) {
        mmax_source *source;
        size_t n, row = 0;
        ck_assert_int_eq(mmax_source_open_memory(logits, shape, 3, &source, NULL), MMAX_OK);
        const mmax_input *input = mmax_source_input(source);
        ck_assert_str_eq(input->format, "memory");
        ck_assert_str_eq(input->dtype, "<f8");
        ck_assert_uint_eq(input->n_rows, 6);
        ck_assert_uint_eq(mmax_group_rows(input), 3);
        do {
            ck_assert_int_eq(mmax_source_read(source, block, rows, &n, NULL), MMAX_OK);
            for (size_t i = 0; i < 4 * n; i++)
                ck_assert_double_eq(rows[i], logits[4 * row + i]);
            row += n;
        } while (n > 0);
        ck_assert_uint_eq(row, 6);
        mmax_source_free(source);
    }
}
END_TEST

START_TEST(an_impossible_array_in_memory_is_refused)
{
    mmax_source *source;
    mmax_error error;
    const size_t many[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    const size_t large[] = {SIZE_MAX / 2, 3};
    ck_assert_int_eq(mmax_source_open_memory(NULL, many, 9, &source, &error), MMAX_EUSAGE);
    ck_assert_str_eq(error.message, "an array of rank 9; at most 8 is allowed");
    ck_assert_int_eq(mmax_source_open_memory(NULL, large, 2, &source, &error), MMAX_EUSAGE);
    ck_assert_str_eq(error.message, "the shape of the array overflows");
    mmax_source_free(NULL);
}
END_TEST

TCase *source_cases(void)
{
    TCase *source = tcase_create("source");
    tcase_add_checked_fixture(source, enter_folder, NULL);
    tcase_set_timeout(source, 60);
    tcase_add_test(source, every_format_is_found_by_the_name_it_is_listed_under);
    tcase_add_loop_test(source, files_of_other_programs_are_refused_by_name_with_advice, 0,
                        sizeof foreign / sizeof *foreign);
    tcase_add_test(source, a_format_that_does_not_fit_is_an_error);
    tcase_add_loop_test(source, the_first_bytes_decide_then_the_suffix_then_the_first_line, 0,
                        sizeof sniffed / sizeof *sniffed);
    tcase_add_test(source, a_delimiter_that_numbers_are_made_of_is_refused);
    tcase_add_test(source, what_cannot_be_opened_is_said_as_the_system_says_it);
    tcase_add_test(source, a_fifo_and_a_redirected_file_are_read_as_any_input);
    tcase_add_test(source, a_file_that_shrinks_while_it_is_read_is_an_error);
    tcase_add_test(source, a_file_that_is_written_to_while_it_is_read_is_an_error);
    tcase_add_test(source, a_raised_flag_stops_reading);
    tcase_add_test(source, a_signal_ends_the_wait_for_a_pipe_that_says_nothing);
    tcase_add_test(source, a_standard_input_that_does_not_block_is_waited_for);
    tcase_add_loop_test(source, an_entry_of_an_array_has_its_indices_as_its_place, 0,
                        sizeof places / sizeof *places);
    tcase_add_test(source, an_array_in_memory_is_read_whatever_the_block);
    tcase_add_test(source, an_impossible_array_in_memory_is_refused);
    return source;
}
