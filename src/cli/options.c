#include "cli.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_OPTIONS = 64, FIRST_LONG = 256 };

/* What getopt_long wants, made from the table. */
typedef struct getopt_tables {
    struct option longs[MOST_OPTIONS + 1];
    const option_row *rows[MOST_OPTIONS];
    const char *names[MOST_OPTIONS];
    char shorts[2 * MOST_OPTIONS + 2];
    size_t n;
} getopt_tables;

static void make_tables(getopt_tables *tables)
{
    memset(tables, 0, sizeof *tables);
    char *shorts = tables->shorts;
    *shorts++ = ':'; /* tell a missing argument from an unknown option */
    for (size_t g = 0; g < n_option_groups; g++)
        for (size_t i = 0; i < option_groups[g]->n_rows && tables->n < MOST_OPTIONS; i++) {
            const option_row *row = &option_groups[g]->rows[i];
            size_t k = tables->n++;
            tables->rows[k] = row;
            tables->names[k] = row->name;
            tables->longs[k] =
                (struct option){row->name, row->argument ? required_argument : no_argument, NULL,
                                FIRST_LONG + (int)k};
            if (!row->short_name)
                continue;
            *shorts++ = (char)row->short_name;
            if (row->argument)
                *shorts++ = ':';
        }
}

/* The row of a code that getopt_long made of these tables. */
static const option_row *find_row(const getopt_tables *tables, int code)
{
    size_t k = 0;
    if (code >= FIRST_LONG)
        k = (size_t)(code - FIRST_LONG);
    else
        while (k < tables->n && tables->rows[k]->short_name != code)
            k++;
    assert(k < tables->n);
    return tables->rows[k];
}

/* The text between the dashes and '=' of a long option as typed; "" when there is none. */
static void typed_name(const char *typed, char *name, size_t size)
{
    name[0] = '\0';
    if (strncmp(typed, "--", 2) == 0)
        snprintf(name, size, "%.*s", (int)strcspn(typed + 2, "="), typed + 2);
}

static size_t count_abbreviated(const getopt_tables *tables, const char *name)
{
    size_t n = 0;
    for (size_t k = 0; k < tables->n; k++)
        n += strncmp(tables->names[k], name, strlen(name)) == 0;
    return n;
}

static exit_status refuse_unknown(const getopt_tables *tables, const char *typed)
{
    char name[64];
    typed_name(typed, name, sizeof name);
    /* getopt_long names a long option only when it is given an argument that it does not take. */
    if (optopt >= FIRST_LONG)
        return complain_usage("option '--%s' takes no argument", find_row(tables, optopt)->name);
    if (optopt == 0 && !name[0]) /* --=... abbreviates every option */
        return complain_usage("unrecognized option '%s'", typed);
    if (!name[0])
        return complain_usage("unrecognized option '-%c'", optopt);
    if (count_abbreviated(tables, name) > 1)
        return complain_usage("option '--%s' is ambiguous", name);
    const char *meant = mmax_suggest(name, tables->names, tables->n);
    if (meant)
        return complain_usage("unrecognized option '--%s'; did you mean '--%s'?", name, meant);
    return complain_usage("unrecognized option '--%s'", name);
}

static exit_status refuse_missing(const getopt_tables *tables)
{
    const option_row *row = find_row(tables, optopt);
    if (optopt < FIRST_LONG)
        return complain_usage("option '-%c' needs an argument: %s", optopt, row->argument);
    return complain_usage("option '--%s' needs an argument: %s", row->name, row->argument);
}

exit_status options_parse(int argc, char **argv, cli_settings *settings)
{
    getopt_tables tables;
    make_tables(&tables);
    opterr = 0;
    for (;;) {
        int at = optind;
        int code = getopt_long(argc, argv, tables.shorts, tables.longs, NULL);
        if (code == -1)
            break;
        if (code == '?')
            /* Inside a cluster such as -qx optind stays; argv[at] is the word either way, except
             * that getopt_long may have moved operands behind it. */
            return refuse_unknown(&tables, argv[optind > at ? optind - 1 : at]);
        if (code == ':')
            return refuse_missing(&tables);
        mmax_error error;
        const option_row *row = find_row(&tables, code);
        if (!row->take(settings, optarg, &error))
            return complain_of_setting(&error);
    }
    settings->files = (const char *const *)(argv + optind);
    settings->n_files = (size_t)(argc - optind);
    return EXIT_DONE;
}
