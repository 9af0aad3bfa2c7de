#include "testing.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/multimax-test-XXXXXX";
static bool folder_made;
static pid_t folder_owner;

static void remove_folder(void)
{
    /* Check forks: only the process that made the folder takes it away. */
    if (!folder_made || folder_owner != getpid())
        return;
    char command[64];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0)
        fprintf(stderr, "cannot remove %s\n", folder);
}

const char *testing_folder(void)
{
    if (!folder_made) {
        if (!mkdtemp(folder)) {
            perror(folder);
            abort();
        }
        folder_made = true;
        folder_owner = getpid();
        atexit(remove_folder);
    }
    return folder;
}

int testing_run(Suite *suite)
{
    testing_folder();
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void *checked(void *pointer)
{
    ck_assert_ptr_nonnull(pointer);
    return pointer;
}

/* The names of files, which live as long as the process: reachable, hence no leaks. */
typedef struct kept_path {
    struct kept_path *before;
    char path[];
} kept_path;

static kept_path *last_path;

const char *testing_file(const char *name, const void *bytes, size_t n_bytes)
{
    size_t size = strlen(testing_folder()) + strlen(name) + 2;
    kept_path *kept = checked(mmax_alloc_array(sizeof *kept + size, 1));
    kept->before = last_path;
    last_path = kept;
    char *path = kept->path;
    snprintf(path, size, "%s/%s", testing_folder(), name);
    FILE *file = checked(fopen(path, "wb"));
    ck_assert_uint_eq(fwrite(bytes, 1, n_bytes, file), n_bytes);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

const char *testing_text_file(const char *name, const char *text)
{
    return testing_file(name, text, strlen(text));
}

const char *testing_npy_file(const char *name, bool is_single, const double *x, size_t n_rows,
                             size_t row_length)
{
    enum { HEADER = 128 };
    const uint16_t one = 1;
    bool is_little = *(const unsigned char *)&one == 1;
    size_t n = n_rows * row_length, size = is_single ? sizeof(float) : sizeof(double);
    char *bytes = checked(mmax_alloc_array(HEADER + n * size, 1)), header[HEADER];
    int length = snprintf(header, sizeof header,
                          "{'descr': '%cf%zu', 'fortran_order': False, 'shape': (%zu, %zu), }",
                          is_little ? '<' : '>', size, n_rows, row_length);
    memset(bytes, ' ', HEADER);
    memcpy(bytes, "\x93NUMPY\x01\x00\x76\x00", 10);
    memcpy(bytes + 10, header, (size_t)length);
    bytes[HEADER - 1] = '\n';
    for (size_t i = 0; i < n; i++) {
        float narrow = is_single ? (float)x[i] : 0;
        memcpy(bytes + HEADER + i * size, is_single ? (const void *)&narrow : (const void *)&x[i],
               size);
    }
    const char *path = testing_file(name, bytes, HEADER + n * size);
    free(bytes);
    return path;
}

char *testing_read_file(const char *path, size_t *n_bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        ck_abort_msg("cannot open %s: %s", path, strerror(errno));
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    ck_assert_int_ge(size, 0);
    rewind(file);
    char *bytes = checked(mmax_alloc_array((size_t)size + 1, 1));
    ck_assert_uint_eq(fread(bytes, 1, (size_t)size, file), (size_t)size);
    bytes[size] = '\0';
    fclose(file);
    if (n_bytes)
        *n_bytes = (size_t)size;
    return bytes;
}

char *testing_shared(const char *name)
{
    const char *shared = getenv("MULTIMAX_SHARED");
    const char *source = getenv("top_srcdir");
    char base[1024];
    if (shared)
        snprintf(base, sizeof base, "%s", shared);
    else
        snprintf(base, sizeof base, "%s/../shared", source ? source : ".");
    struct stat status;
    if (stat(base, &status) != 0)
        return NULL;
    size_t size = strlen(base) + strlen(name) + 2;
    char *path = checked(mmax_alloc_array(size, 1));
    snprintf(path, size, "%s/%s", base, name);
    return path;
}

double testing_uniform(testing_random *random)
{
    random->state = random->state * 6364136223846793005u + 1442695040888963407u;
    return (double)(random->state >> 11) * 0x1p-53;
}

double testing_normal(testing_random *random)
{
    double u = 1 - testing_uniform(random), v = testing_uniform(random);
    return sqrt(-2 * log(u)) * cos(2 * 3.14159265358979323846 * v);
}

bool testing_has_long_double(const char *name)
{
    volatile long double one = 1, small = 0x1p-60L;
    if (LDBL_MANT_DIG >= 64 && LDBL_MAX_EXP >= 16384 && one + small > one)
        return true;
    /* Check appends "_fn" to the name of a test. */
    size_t length = strlen(name), suffix = strlen("_fn");
    if (length > suffix && strcmp(name + length - suffix, "_fn") == 0)
        length -= suffix;
    printf("SKIP: %.*s: long double is not wider than double here\n", (int)length, name);
    return false;
}

bool testing_same(double a, double b)
{
    return isnan(a) ? isnan(b) : a == b && signbit(a) == signbit(b);
}
