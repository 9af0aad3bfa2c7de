/* Figures on the terminal: what it is, and when it is one. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

extern char **environ;

bool wants_figure(const cli_settings *settings, mmax_figure_kind kind)
{
    return settings->figures[kind] || settings->shows[kind];
}

bool wants_color(const cli_settings *settings)
{
    if (settings->color != WHEN_AUTO)
        return settings->color == WHEN_ALWAYS;
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return !(no_color && *no_color) && term && strcmp(term, "dumb") != 0 && isatty(STDOUT_FILENO);
}

/* COLUMNS, as every program has it, before what the terminal says. */
static void find_size(mmax_terminal *terminal)
{
    enum { MOST = 1000 };
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        terminal->columns = size.ws_col;
        terminal->cell_width = size.ws_xpixel / size.ws_col;
        terminal->cell_height = size.ws_ypixel / size.ws_row;
    }
    const char *columns = getenv("COLUMNS");
    long n = columns ? strtol(columns, NULL, 10) : 0;
    if (n > 0)
        terminal->columns = n < MOST ? (size_t)n : MOST;
}

/* The first of these that is set counts. */
static bool speaks_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        const char *encoding = value ? strchr(value, '.') : NULL;
        if (value && *value)
            return encoding && (strncasecmp(encoding, ".utf-8", 6) == 0 ||
                                strncasecmp(encoding, ".utf8", 5) == 0);
    }
    return false;
}

/* "15;0" and the like: where a terminal says so, its background is the last. */
static bool is_light(void)
{
    const char *colors = getenv("COLORFGBG");
    const char *paper = colors ? strrchr(colors, ';') : NULL;
    return paper && (strcmp(paper, ";7") == 0 || strcmp(paper, ";15") == 0);
}

void find_terminal(cli_settings *settings)
{
    const char *depth = getenv("COLORTERM");
    bool is_true = depth && (strcmp(depth, "truecolor") == 0 || strcmp(depth, "24bit") == 0);
    settings->terminal = (mmax_terminal){
        .colors = !wants_color(settings) ? MMAX_COLORS_NONE
                  : is_true              ? MMAX_COLORS_TRUE
                                         : MMAX_COLORS_256,
        .is_ascii = !speaks_utf8(),
        .environment = isatty(STDOUT_FILENO) ? environ : NULL,
    };
    find_size(&settings->terminal);
}

mmax_status show_figure(const cli_settings *settings, const mmax_result *result,
                        mmax_figure_kind kind, mmax_error *error)
{
    mmax_figure_options look = settings->figure;
    if (!settings->has_theme)
        look.theme = is_light() ? MMAX_THEME_LIGHT : MMAX_THEME_DARK;
    return mmax_show_figure(result, kind, "-", &settings->terminal, &look, error);
}
