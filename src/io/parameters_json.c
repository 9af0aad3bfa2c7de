#include "io/parameters_parts.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Far more than MMAX_MAX_LAYERS sets take, and little enough that what becomes of it in memory,
 * fifty times as much at worst, is no burden. */
enum { MAX_BYTES = 4 * 1024 * 1024 };

typedef struct json_reader {
    const char *name; /* of the file, for messages */
    mmax_parameter_sets *sets;
    mmax_error *error;
} json_reader;

/* ---- text ------------------------------------------------------------------------------------ */

/* The rest of a stream, to be freed. */
static mmax_status read_rest(mmax_stream *stream, char **text, size_t *length, mmax_error *error)
{
    char *bytes = mmax_alloc_array(MAX_BYTES, 1);
    if (!bytes)
        return mmax_fail_memory(error, "reading parameters");
    size_t used = 0, n = 0;
    const char *next;
    mmax_status status;
    while ((status = mmax_stream_peek(stream, 1, &next, &n, error)) == MMAX_OK && n > 0) {
        if (n > MAX_BYTES - used) {
            status = mmax_fail(error, MMAX_EUNSUPPORTED,
                               "%s: more than %d MiB of JSON are no parameters",
                               mmax_stream_name(stream), MAX_BYTES >> 20);
            break;
        }
        memcpy(bytes + used, next, n);
        used += n;
        mmax_stream_skip(stream, n);
    }
    if (status != MMAX_OK) {
        free(bytes);
        return status;
    }
    *text = bytes;
    *length = used;
    return MMAX_OK;
}

/* Numbers are read as float64 whatever they look like; a name that comes twice is refused.  Without
 * memory jansson says nothing, or that a token is invalid: errno knows better. */
static mmax_status parse(const char *name, const char *text, size_t length, json_t **root,
                         mmax_error *error)
{
    size_t mark = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    json_error_t fault;
    errno = 0;
    json_t *parsed = json_loadb(text + mark, length - mark,
                                JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &fault);
    if (!parsed && errno == ENOMEM)
        return mmax_fail_memory(error, "reading parameters");
    if (!parsed) {
        char what[MMAX_MESSAGE_SIZE / 2];
        return mmax_fail(error, MMAX_EFORMAT, "%s:%d:%d: %s", name, fault.line, fault.column,
                         mmax_quote(fault.text, strlen(fault.text), what, sizeof what));
    }
    *root = parsed;
    return MMAX_OK;
}

/* ---- values ---------------------------------------------------------------------------------- */

static const char *kind_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "a boolean";
    case JSON_NULL:
        break;
    }
    return "null";
}

/* Letters, digits and '_': nothing that means something in a SPEC. */
static bool is_word(const char *text)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    return *text && text[strspn(text, word)] == '\0';
}

/* Appends a number, or a word such as "eps". */
static mmax_status add_value(const json_reader *reader, const char *key, const json_t *value,
                             char set[MMAX_SET_SIZE])
{
    bool is_word_in_text = json_is_string(value) && is_word(json_string_value(value));
    if (!json_is_number(value) && !is_word_in_text)
        return mmax_fail(reader->error, MMAX_EFORMAT,
                         "%s: '%s' must be a number or \"eps\"; this is %s", reader->name, key,
                         kind_of(value));
    bool fits = is_word_in_text ? mmax_set_add(set, json_string_value(value))
                                : mmax_set_add_number(set, json_number_value(value));
    return fits ? MMAX_OK
                : mmax_fail(reader->error, MMAX_EFORMAT, "%s: a set has more than eight parameters",
                            reader->name);
}

static bool is_list_of_four(const json_t *value)
{
    return json_is_array(value) && json_array_size(value) == MMAX_N_TERMS;
}

/* Appends "ts=A/B/C/D". */
static mmax_status add_four(const json_reader *reader, const char *key, const json_t *list,
                            char set[MMAX_SET_SIZE])
{
    if (!is_list_of_four(list))
        return mmax_fail(reader->error, MMAX_EFORMAT,
                         "%s: '%s' must be a list of four numbers, or a list of such lists, one a "
                         "layer",
                         reader->name, key);
    mmax_status status = MMAX_OK;
    for (size_t i = 0; i < MMAX_N_TERMS && status == MMAX_OK; i++) {
        /* "ts=" and its like fit behind anything that add_value let pass. */
        if (i == 0 && (!mmax_set_add(set, key) || !mmax_set_add(set, "=")))
            return mmax_fail(reader->error, MMAX_EFORMAT, "%s: a set has too long parameters",
                             reader->name);
        if (i > 0)
            mmax_set_add(set, "/");
        status = add_value(reader, key, json_array_get(list, i), set);
    }
    return status;
}

/* ---- objects --------------------------------------------------------------------------------- */

/* The member of a name, or of that name as modules have it. */
static const json_t *member(const json_t *object, const char *key, const char *long_key)
{
    const json_t *value = json_object_get(object, key);
    return value ? value : json_object_get(object, long_key);
}

/* Whether a list is one of lists. */
static bool has_layers(const json_t *list)
{
    return json_is_array(json_array_get(list, 0));
}

static size_t layers_of(const json_t *list)
{
    return has_layers(list) ? json_array_size(list) : 1;
}

static mmax_status fail_layers(const json_reader *reader, const json_t *ts, const json_t *ranges)
{
    const json_t *const lists[] = {ts, ranges};
    char what[2][48] = {"one set", "one set"};
    for (size_t i = 0; i < 2; i++)
        if (has_layers(lists[i]))
            snprintf(what[i], sizeof what[i], "a list of %zu", layers_of(lists[i]));
    return mmax_fail(reader->error, MMAX_EFORMAT, "%s: 'ts' is %s and 'ranges' %s", reader->name,
                     what[0], what[1]);
}

static mmax_status make_sets(const json_reader *reader, size_t n)
{
    if (n == 0)
        return mmax_fail(reader->error, MMAX_EFORMAT, "%s: the list of layers is empty",
                         reader->name);
    if (n > MMAX_MAX_LAYERS)
        return mmax_fail(reader->error, MMAX_EUNSUPPORTED, "%s: more than %d layers", reader->name,
                         MMAX_MAX_LAYERS);
    return mmax_parameter_sets_new(n, reader->sets, reader->error);
}

/* {"ts": ..., "ranges": ...} of any number of layers. */
static mmax_status take_lists(const json_reader *reader, const json_t *object)
{
    const json_t *ts = member(object, "ts", "multimax_ts");
    const json_t *ranges = member(object, "ranges", "multimax_ranges");
    if (!ts || !ranges || json_object_size(object) != 2)
        return mmax_fail(reader->error, MMAX_EFORMAT,
                         "%s: 'ts' and 'ranges' come together and alone", reader->name);
    size_t n = layers_of(ts);
    bool is_flat = !has_layers(ts);
    if (n != layers_of(ranges) || is_flat == has_layers(ranges))
        return fail_layers(reader, ts, ranges);
    mmax_status status = make_sets(reader, n);
    for (size_t i = 0; i < n && status == MMAX_OK; i++) {
        char *set = reader->sets->sets[i];
        status = add_four(reader, "ts", is_flat ? ts : json_array_get(ts, i), set);
        if (status == MMAX_OK) {
            mmax_set_add(set, ",");
            status = add_four(reader, "ranges", is_flat ? ranges : json_array_get(ranges, i), set);
        }
    }
    return status;
}

/* {"tb": 2, "b": 0, ...}, whatever the names: the parser of SPECs knows them. */
static mmax_status add_members(const json_reader *reader, json_t *object, char set[MMAX_SET_SIZE])
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        char quoted[64];
        mmax_quote(key, strlen(key), quoted, sizeof quoted);
        if (!is_word(key) || strlen(key) > sizeof quoted / 2)
            return mmax_fail(reader->error, MMAX_EFORMAT, "%s: unknown parameter '%s'",
                             reader->name, quoted);
        if ((*set && !mmax_set_add(set, ",")) || !mmax_set_add(set, key) || !mmax_set_add(set, "="))
            return mmax_fail(reader->error, MMAX_EFORMAT, "%s: a set has too many parameters",
                             reader->name);
        mmax_status status = add_value(reader, quoted, value, set);
        if (status != MMAX_OK)
            return status;
    }
    return *set ? MMAX_OK
                : mmax_fail(reader->error, MMAX_EFORMAT, "%s: an object without parameters",
                            reader->name);
}

static bool has_lists(const json_t *object)
{
    return member(object, "ts", "multimax_ts") || member(object, "ranges", "multimax_ranges");
}

/* One object of a list of them. */
static mmax_status take_layer(const json_reader *reader, json_t *object, size_t layer)
{
    mmax_parameter_sets alone = {0};
    json_reader of_layer = {reader->name, &alone, reader->error};
    if (!json_is_object(object))
        return mmax_fail(reader->error, MMAX_EFORMAT,
                         "%s: layer %zu is %s; expected {\"ts\": [...], \"ranges\": [...]} or "
                         "{\"tb\": ..., \"b\": ...}",
                         reader->name, layer, kind_of(object));
    if (!has_lists(object))
        return add_members(reader, object, reader->sets->sets[layer]);
    mmax_status status = take_lists(&of_layer, object);
    if (status == MMAX_OK && alone.n != 1)
        status = mmax_fail(reader->error, MMAX_EFORMAT, "%s: layer %zu holds %zu layers",
                           reader->name, layer, alone.n);
    if (status == MMAX_OK)
        memcpy(reader->sets->sets[layer], alone.sets[0], MMAX_SET_SIZE);
    mmax_parameter_sets_free(&alone);
    return status;
}

static mmax_status take_root(const json_reader *reader, json_t *root)
{
    if (json_is_object(root) && has_lists(root))
        return take_lists(reader, root);
    bool is_list = json_is_array(root);
    mmax_status status = make_sets(reader, is_list ? json_array_size(root) : 1);
    if (status == MMAX_OK && !is_list)
        status = add_members(reader, root, reader->sets->sets[0]);
    for (size_t i = 0; is_list && i < reader->sets->n && status == MMAX_OK; i++)
        status = take_layer(reader, json_array_get(root, i), i);
    return status;
}

mmax_status mmax_json_sets_read(mmax_stream *stream, mmax_parameter_sets *sets, mmax_error *error)
{
    const json_reader reader = {mmax_stream_name(stream), sets, error};
    char *text = NULL;
    size_t length = 0;
    json_t *root = NULL;
    mmax_status status = read_rest(stream, &text, &length, error);
    if (status == MMAX_OK)
        status = parse(reader.name, text, length, &root, error);
    free(text);
    if (status == MMAX_OK)
        status = take_root(&reader, root);
    json_decref(root);
    return status;
}
