#include "map/family.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

enum { QUOTED_SIZE = 160, LIST_SIZE = 256 };

mmax_status mmax_invalid_map(mmax_error *error, const char *spec, const char *format, ...)
{
    char quoted[QUOTED_SIZE], what[MMAX_MESSAGE_SIZE - QUOTED_SIZE - 32];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return mmax_fail(error, MMAX_EUSAGE, "invalid map '%s': %s",
                     mmax_quote(spec, strlen(spec), quoted, sizeof quoted), what);
}

/* ---- pieces ---------------------------------------------------------------------------------- */

bool mmax_piece_is(mmax_piece piece, const char *word)
{
    return piece.start && strlen(word) == piece.length &&
           memcmp(piece.start, word, piece.length) == 0;
}

/* A copy for those who want a C string: cut where it is longer than any name. */
static const char *copy_piece(mmax_piece piece, char *copy, size_t size)
{
    size_t length = piece.length < size - 1 ? piece.length : size - 1;
    memcpy(copy, piece.start, length);
    copy[length] = '\0';
    return copy;
}

/* Cuts what comes before SEPARATOR off REST, all of it where there is none, and leaves what comes
 * after; REST is NULL at the end. */
static mmax_piece cut(mmax_piece *rest, char separator)
{
    const char *at = memchr(rest->start, separator, rest->length);
    if (!at) {
        mmax_piece all = *rest;
        *rest = (mmax_piece){NULL, 0};
        return all;
    }
    mmax_piece before = {rest->start, (size_t)(at - rest->start)};
    *rest = (mmax_piece){at + 1, rest->length - before.length - 1};
    return before;
}

mmax_status mmax_piece_number(const mmax_parameters *given, mmax_piece piece, double *value,
                              mmax_error *error)
{
    char quoted[QUOTED_SIZE];
    double number;
    if (!piece.start)
        return MMAX_OK;
    mmax_quote(piece.start, piece.length, quoted, sizeof quoted);
    if (!mmax_number_read(piece.start, piece.length, &number))
        return mmax_invalid_map(error, given->spec, "'%s' is not a number", quoted);
    if (!isfinite(number))
        return mmax_invalid_map(error, given->spec, "'%s' is not a finite number", quoted);
    *value = number + 0.0;
    return MMAX_OK;
}

/* ---- suggestions ----------------------------------------------------------------------------- */

/* "a, b or c". */
static const char *list_words(const char *const *words, size_t n, char list[LIST_SIZE])
{
    size_t used = 0;
    list[0] = '\0';
    for (size_t i = 0; i < n && used < LIST_SIZE; i++) {
        const char *before = i == 0 ? "" : i + 1 == n ? " or " : ", ";
        used += (size_t)snprintf(list + used, LIST_SIZE - used, "%s%s", before, words[i]);
    }
    return list;
}

static mmax_status fail_unknown_map(const char *spec, mmax_piece name, mmax_error *error)
{
    const char *names[16];
    size_t n = 0;
    for (const mmax_map_info *info; n < 16 && (info = mmax_map_info_at(n)); n++)
        names[n] = info->name;
    char copy[QUOTED_SIZE], list[LIST_SIZE];
    const char *nearest = mmax_suggest(copy_piece(name, copy, sizeof copy), names, n);
    if (nearest)
        return mmax_invalid_map(error, spec, "did you mean '%s'?", nearest);
    return mmax_invalid_map(error, spec, "expected %s", list_words(names, n, list));
}

static size_t count_keys(const mmax_map_family *family)
{
    size_t n = 0;
    while (family->keys[n])
        n++;
    return n;
}

static mmax_status fail_unknown_key(const mmax_map_family *family, const char *spec, mmax_piece key,
                                    mmax_error *error)
{
    size_t n = count_keys(family);
    char copy[QUOTED_SIZE], quoted[QUOTED_SIZE], list[LIST_SIZE];
    mmax_quote(key.start, key.length, quoted, sizeof quoted);
    const char *nearest = mmax_suggest(copy_piece(key, copy, sizeof copy), family->keys, n);
    if (nearest)
        return mmax_invalid_map(error, spec, "unknown parameter '%s'; did you mean '%s'?", quoted,
                                nearest);
    return mmax_invalid_map(error, spec, "unknown parameter '%s'; expected %s", quoted,
                            list_words(family->keys, n, list));
}

/* ---- the grammar ----------------------------------------------------------------------------- */

/* The place of KEY among the family's keys; their number for another word. */
static size_t find_key(const mmax_map_family *family, mmax_piece key)
{
    size_t i = 0;
    while (family->keys[i] && !mmax_piece_is(key, family->keys[i]))
        i++;
    return i;
}

static mmax_status take_bare(const mmax_map_family *family, mmax_piece word, bool alone,
                             mmax_parameters *given, mmax_error *error)
{
    char quoted[QUOTED_SIZE];
    mmax_quote(word.start, word.length, quoted, sizeof quoted);
    if (word.length == 0)
        return mmax_invalid_map(error, given->spec, "a parameter is missing; expected %s:%s",
                                family->info.name, family->info.parameters);
    if (family->keys[find_key(family, word)])
        return mmax_invalid_map(error, given->spec, "parameter '%s' needs a value: %s=...", quoted,
                                quoted);
    if (!alone)
        return mmax_invalid_map(error, given->spec, "'%s' has no key; expected %s:%s", quoted,
                                family->info.name, family->info.parameters);
    given->bare = word;
    return MMAX_OK;
}

static mmax_status take_parameter(const mmax_map_family *family, mmax_piece item, bool alone,
                                  mmax_parameters *given, mmax_error *error)
{
    mmax_piece value = item;
    mmax_piece key = cut(&value, '=');
    if (!value.start)
        return take_bare(family, item, alone, given, error);
    size_t i = find_key(family, key);
    if (!family->keys[i])
        return fail_unknown_key(family, given->spec, key, error);
    if (given->values[i].start)
        return mmax_invalid_map(error, given->spec, "parameter '%s' is given twice",
                                family->keys[i]);
    given->values[i] = value;
    return MMAX_OK;
}

static mmax_status take_parameters(const mmax_map_family *family, mmax_piece rest,
                                   mmax_parameters *given, mmax_error *error)
{
    if (rest.start && !family->keys[0])
        return mmax_invalid_map(error, given->spec, "%s takes no parameters", family->info.name);
    bool alone = rest.start && !memchr(rest.start, ',', rest.length);
    while (rest.start) {
        mmax_piece item = cut(&rest, ',');
        mmax_status status = take_parameter(family, item, alone, given, error);
        if (status != MMAX_OK)
            return status;
    }
    return MMAX_OK;
}

mmax_status mmax_map_parse(const char *spec, mmax_map *map, mmax_error *error)
{
    mmax_piece rest = {spec, strlen(spec)};
    if (rest.length >= MMAX_SPEC_SIZE)
        return mmax_invalid_map(error, spec, "it is longer than %d bytes", MMAX_SPEC_SIZE - 1);
    mmax_piece name = cut(&rest, ':');
    mmax_map parsed = {.kind = MMAX_SOFTMAX};
    size_t kind = 0;
    while (mmax_map_info_at(kind) && !mmax_piece_is(name, mmax_map_info_at(kind)->name))
        kind++;
    if (!mmax_map_info_at(kind))
        return fail_unknown_map(spec, name, error);
    parsed.kind = (mmax_map_kind)kind;

    if (parsed.kind == MMAX_MULTIMAX && rest.length > 0 && rest.start[0] == '@')
        return mmax_invalid_map(error, spec,
                                "parameters in a file need a plan: mmax_plan_add_map reads them");
    const mmax_map_family *family = mmax_map_family_of(parsed.kind);
    mmax_parameters given = {.spec = spec};
    mmax_status status = take_parameters(family, rest, &given, error);
    if (status == MMAX_OK && family->parse)
        status = family->parse(&given, &parsed, error);
    if (status == MMAX_OK)
        *map = parsed;
    return status;
}

/* ---- writing --------------------------------------------------------------------------------- */

void mmax_spec_add(char spec[MMAX_SPEC_SIZE], const char *text)
{
    size_t used = strlen(spec);
    snprintf(spec + used, MMAX_SPEC_SIZE - used, "%s", text);
}

void mmax_spec_add_number(char spec[MMAX_SPEC_SIZE], double value)
{
    char text[MMAX_NUMBER_SIZE];
    mmax_number_write(value, text);
    mmax_spec_add(spec, text);
}
