/* measure FILE COMMAND...: runs a command and writes to FILE how many seconds passed, how many the
 * processors worked, and its peak memory in KiB.  A small process of its own, because a child's
 * peak counts the memory of who forked it. */
#define _DEFAULT_SOURCE /* wait4 */

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

int main(int argc, char **argv)
{
    FILE *results = argc > 2 ? fopen(argv[1], "we") : NULL;
    if (!results) {
        fputs("usage: measure FILE COMMAND...\n", stderr);
        return 2;
    }
    double begin = now();
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    int status = 0;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) < 0) {
        perror("measure");
        return 2;
    }
    double cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    fprintf(results, "%.6f %.6f %ld\n", now() - begin, cpu, usage.ru_maxrss);
    return fclose(results) == 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
