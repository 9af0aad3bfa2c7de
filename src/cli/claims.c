/* The files that a run writes and those that it reads: none is written twice or over an input. */
#include "cli.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file, however it is spelled. */
typedef struct file_id {
    dev_t device;
    ino_t inode;
    const char *file;
} file_id;

typedef struct claim {
    const char *option;
    char *name;
    char *file; /* what NAME leads to */
} claim;

struct cli_claims {
    void *outputs; /* tree of claims by their files */
    file_id *inputs;
    size_t n_inputs;
};

/* ---- the inputs ------------------------------------------------------------------------------ */

static int compare_ids(const void *a, const void *b)
{
    const file_id *x = a, *y = b;
    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    return x->inode < y->inode ? -1 : x->inode > y->inode;
}

/* As stat; for an array in brackets, its file. */
static bool find_file(const char *file, struct stat *status)
{
    if (strcmp(file, "-") == 0) /* a file where "<" redirects it */
        return fstat(STDIN_FILENO, status) == 0;
    if (stat(file, status) == 0)
        return true;
    char name[4096]; /* what is longer the system does not open */
    bool found = false;
    int length = snprintf(name, sizeof name, "%s", file);
    for (char *bracket; !found && length < (int)sizeof name && (bracket = strrchr(name, '['));) {
        *bracket = '\0';
        found = stat(name, status) == 0;
    }
    return found;
}

static bool identify(const char *file, file_id *id)
{
    struct stat status;
    if (!find_file(file, &status) || !S_ISREG(status.st_mode))
        return false;
    *id = (file_id){status.st_dev, status.st_ino, file};
    return true;
}

/* FILE may be NULL. */
static void add_input(cli_claims *claims, const char *file)
{
    claims->n_inputs += file && identify(file, &claims->inputs[claims->n_inputs]);
}

static void add_inputs(cli_claims *claims, const cli_settings *settings)
{
    const char *file;
    for (size_t i = 0; (file = input_at(settings, i)); i++)
        add_input(claims, file);
    for (size_t i = 0; i < settings->n_parameter_files; i++)
        add_input(claims, settings->parameter_files[i]);
    bool has_mask_file = settings->mask && strcmp(settings->mask, "causal") != 0;
    add_input(claims, has_mask_file ? settings->mask : NULL);
    add_input(claims, settings->keys);
    add_input(claims, settings->tokens_file);
    add_input(claims, settings->query_tokens_file);
    qsort(claims->inputs, claims->n_inputs, sizeof *claims->inputs, compare_ids);
}

cli_claims *claims_new(const cli_settings *settings)
{
    enum { STDIN_AND_SINGLE_FILES = 5 };
    size_t most = settings->n_files + settings->n_parameter_files + STDIN_AND_SINGLE_FILES;
    cli_claims *self = calloc(1, sizeof *self);
    if (self)
        self->inputs = malloc(most * sizeof *self->inputs);
    if (!self || !self->inputs) {
        free(self);
        return NULL;
    }
    add_inputs(self, settings);
    return self;
}

/* ---- the outputs ----------------------------------------------------------------------------- */

static int compare_claims(const void *a, const void *b)
{
    return strcmp(((const claim *)a)->file, ((const claim *)b)->file);
}

/* The path of the folder of NAME, to be freed; NULL where there is none. */
static char *folder_of(const char *name)
{
    char *copy = strdup(name), *slash = copy ? strrchr(copy, '/') : NULL;
    if (slash)
        slash[slash == copy] = '\0'; /* the root keeps its slash */
    char *folder = copy ? realpath(slash ? copy : ".", NULL) : NULL;
    free(copy);
    return folder;
}

static char *join(const char *folder, const char *name)
{
    if (*name == '/')
        return strdup(name);
    size_t size = strlen(folder) + strlen(name) + sizeof "/";
    char *path = malloc(size);
    if (path)
        snprintf(path, size, "%s/%s", folder, name);
    return path;
}

/* The path without links and detours, to be freed, also of a file that is yet to be made and of
 * what a link to such a file leads to; NAME as it is where there is no folder.  NULL: no memory. */
static char *resolve(const char *name, int n_links)
{
    char link[4096], *path = realpath(name, NULL), *folder = path ? NULL : folder_of(name);
    if (!folder)
        return path ? path : strdup(name);
    const char *slash = strrchr(name, '/');
    ssize_t n = n_links > 0 ? readlink(name, link, sizeof link - 1) : -1;
    link[n > 0 ? n : 0] = '\0';
    path = join(folder, n > 0 ? link : slash ? slash + 1 : name);
    free(folder);
    if (n <= 0 || !path)
        return path;
    char *target = resolve(path, n_links - 1);
    free(path);
    return target;
}

/* What NAME leads to; devices and pipes are known by their names. */
static char *find_target(const char *name)
{
    enum { MOST_LINKS = 40 };
    struct stat status;
    bool is_special = stat(name, &status) == 0 && !S_ISREG(status.st_mode);
    return is_special ? strdup(name) : resolve(name, MOST_LINKS);
}

static claim *new_claim(const char *option, const char *name)
{
    claim *self = malloc(sizeof *self);
    char *copy = strdup(name), *file = find_target(name);
    if (self && copy && file) {
        *self = (claim){option, copy, file};
        return self;
    }
    free(file);
    free(copy);
    free(self);
    return NULL;
}

static void free_claim(claim *self)
{
    free(self->name);
    free(self->file);
    free(self);
}

static mmax_status fail_taken(const claim *first, const char *option, mmax_error *error)
{
    if (strcmp(first->option, option) == 0)
        return fail(error, MMAX_EUSAGE,
                    "--%s would write '%s' twice: %%f becomes each input's name, %%a each array's",
                    option, first->name);
    return fail(error, MMAX_EUSAGE, "--%s and --%s both name '%s'", first->option, option,
                first->name);
}

mmax_status claims_add(cli_claims *claims, const char *option, const char *name, mmax_error *error)
{
    file_id id;
    const file_id *input = NULL;
    if (identify(name, &id))
        input = bsearch(&id, claims->inputs, claims->n_inputs, sizeof id, compare_ids);
    if (input)
        return fail(error, MMAX_EUSAGE, "--%s would overwrite the input '%s'", option, input->file);
    claim *mine = new_claim(option, name), **found;
    if (!mine)
        return fail_memory(error);
    found = tsearch(mine, &claims->outputs, compare_claims);
    if (found && *found == mine)
        return MMAX_OK;
    mmax_status status = found ? fail_taken(*found, option, error) : fail_memory(error);
    free_claim(mine);
    return status;
}

void claims_free(cli_claims *claims)
{
    if (!claims)
        return;
    while (claims->outputs) {
        claim *first = *(claim **)claims->outputs;
        tdelete(first, &claims->outputs, compare_claims);
        free_claim(first);
    }
    free(claims->inputs);
    free(claims);
}
