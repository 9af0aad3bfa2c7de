/* How far the run is: a line that is drawn again and again on a terminal, or now and then a line of
 * its own where --progress asks for it in a log. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct cli_progress {
    bool on_terminal;
    double started, drawn; /* seconds of a steady clock; DRAWN the last time, 0 never */
    double wait;           /* before the first line, and from one to the next */
    const char *file;
    size_t nth_file, n_files;
    double n_before, n_file, n_total; /* bytes: of the files done, of this one so far, of all;
                                         n_total = 0 when they are not known */
    double file_size;
    double told; /* bytes: in the last line */
};

/* Whether the line stands on the terminal.  There is one terminal, and messages that know nothing
 * of the run must be able to take the line away: state of the process as that of signals is. */
static bool is_shown;

static double seconds_now(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static size_t terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

/* The bytes of a regular file; 0 of anything else. */
static double size_of(const char *file)
{
    struct stat status;
    bool is_stdin = strcmp(file, "-") == 0;
    if ((is_stdin ? fstat(STDIN_FILENO, &status) : stat(file, &status)) != 0 ||
        !S_ISREG(status.st_mode))
        return 0;
    return (double)status.st_size;
}

/* ---- the line -------------------------------------------------------------------------------- */

enum { TEXT_SIZE = 32, LINE_SIZE = 512 };

static const char *say_bytes(double n_bytes, char text[TEXT_SIZE])
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;
    for (; n_bytes >= 999.5 && unit + 1 < sizeof units / sizeof *units; unit++)
        n_bytes /= 1000;
    snprintf(text, TEXT_SIZE, "%.*f %s", unit > 0 && n_bytes < 9.95 ? 1 : 0, n_bytes, units[unit]);
    return text;
}

static const char *say_time(double seconds, char text[TEXT_SIZE])
{
    unsigned long s = seconds < 360000 ? (unsigned long)(seconds + 0.5) : 359999;
    if (s >= 3600)
        snprintf(text, TEXT_SIZE, "%lu:%02lu:%02lu", s / 3600, s / 60 % 60, s % 60);
    else
        snprintf(text, TEXT_SIZE, "%lu:%02lu", s / 60, s % 60);
    return text;
}

static void write_bar(double share, char *bar, size_t width)
{
    size_t n_full = (size_t)(share * (double)width + 0.5);
    memset(bar, ' ', width);
    memset(bar, '#', n_full < width ? n_full : width);
    bar[width] = '\0';
}

/* " 45 % [#########           ] 1.2 GB/s, 0:12 left, file 3 of 12: heads.npy" */
static void write_line(const cli_progress *self, double now, char line[LINE_SIZE])
{
    enum { BAR = 20 };
    char bar[BAR + 1], done_text[TEXT_SIZE], rate_text[TEXT_SIZE], left_text[TEXT_SIZE];
    double done = self->n_before + self->n_file;
    double elapsed = now - self->started;
    double rate = elapsed > 0 ? done / elapsed : 0;
    double share = self->n_total > 0 ? done / self->n_total : 0;
    share = share < 1 ? share : 1;
    size_t used = 0;
    if (self->n_total > 0) {
        double left = rate > 0 ? (self->n_total - done) / rate : 0;
        write_bar(share, bar, BAR);
        used =
            (size_t)snprintf(line, LINE_SIZE, "%3.0f %% [%s] %s/s, %s left", 100 * share, bar,
                             say_bytes(rate, rate_text), say_time(left > 0 ? left : 0, left_text));
    } else {
        used = (size_t)snprintf(line, LINE_SIZE, "%s, %s/s, %s", say_bytes(done, done_text),
                                say_bytes(rate, rate_text), say_time(elapsed, left_text));
    }
    if (self->n_files > 1)
        used += (size_t)snprintf(line + used, LINE_SIZE - used, ", file %zu of %zu", self->nth_file,
                                 self->n_files);
    char quoted[LINE_SIZE / 2];
    const char *file = strcmp(self->file, "-") == 0 ? "standard input" : self->file;
    snprintf(line + used, LINE_SIZE - used, ": %s",
             mmax_quote(file, strlen(file), quoted, sizeof quoted));
}

/* Cuts between characters. */
static void cut(char *line, size_t width)
{
    size_t length = strlen(line);
    if (length <= width)
        return;
    length = width;
    while (length > 0 && ((unsigned char)line[length] & 0xc0) == 0x80)
        length--;
    line[length] = '\0';
}

static void draw(cli_progress *self, double now)
{
    char line[LINE_SIZE];
    write_line(self, now, line);
    if (self->on_terminal) {
        cut(line, terminal_width() - 1);
        progress_hide();
        fputs(line, stderr);
        fflush(stderr);
        is_shown = true;
    } else {
        fprintf(stderr, PROGRAM ": %s\n", line);
    }
    self->drawn = now;
    self->told = self->n_before + self->n_file;
}

void progress_hide(void)
{
    if (!is_shown)
        return;
    fprintf(stderr, "\r%*s\r", (int)terminal_width() - 1, "");
    is_shown = false;
}

/* ---- what the pass tells --------------------------------------------------------------------- */

static void take_position(void *data, const mmax_source *source)
{
    cli_progress *self = data;
    size_t done, total;
    double now = seconds_now();
    mmax_source_position(source, &done, &total);
    self->n_file = (double)done;
    double since = now - (self->drawn > 0 ? self->drawn : self->started);
    if (since >= self->wait)
        draw(self, now);
    if (self->drawn > 0)
        self->wait = self->on_terminal ? 0.1 : 2;
}

cli_progress *progress_start(const cli_settings *settings)
{
    bool on_terminal = isatty(STDERR_FILENO);
    if (settings->progress == WHEN_NEVER ||
        (settings->progress == WHEN_AUTO && (!on_terminal || settings->quiet)))
        return NULL;
    cli_progress *self = calloc(1, sizeof *self);
    if (!self)
        return NULL; /* nobody needs it */
    self->on_terminal = on_terminal;
    self->started = seconds_now();
    self->wait = settings->progress == WHEN_AUTO ? 1 : 0;
    const char *file;
    bool all_known = true;
    for (; (file = input_at(settings, self->n_files)); self->n_files++) {
        double size = size_of(file);
        all_known = all_known && size > 0;
        self->n_total += size;
    }
    if (!all_known)
        self->n_total = 0;
    mmax_plan_set_progress(settings->plan, take_position, self);
    return self;
}

void progress_next_file(cli_progress *progress, const char *file)
{
    if (!progress)
        return;
    progress->n_before += progress->file_size > 0 ? progress->file_size : progress->n_file;
    progress->n_file = 0;
    progress->file = file;
    progress->file_size = size_of(file);
    progress->nth_file++;
}

void progress_stop(cli_progress *progress)
{
    if (!progress)
        return;
    progress_hide();
    bool has_more = progress->n_before + progress->n_file > progress->told;
    if (!progress->on_terminal && progress->drawn > 0 && has_more)
        draw(progress, seconds_now()); /* a log says how it ended */
    free(progress);
}
