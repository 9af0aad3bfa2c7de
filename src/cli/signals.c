#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The only state that changes outside of settings: a handler can reach nothing else. */
static volatile sig_atomic_t caught;

/* A signal between the look at the flag and a read that blocks would be lost: an alarm each second
 * interrupts that read until the program has ended. */
static void raise_flag(int signal_number)
{
    if (signal_number != SIGALRM)
        caught = signal_number;
    alarm(1);
}

void signals_catch(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = raise_flag; /* without SA_RESTART: reads return */
    sigemptyset(&action.sa_mask);
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGALRM};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction old;
        /* What the caller ignores (nohup) stays ignored; the alarm is ours. */
        if (sigaction(signals[i], NULL, &old) == 0 &&
            (old.sa_handler != SIG_IGN || signals[i] == SIGALRM))
            sigaction(signals[i], &action, NULL);
    }
    /* A write that a closed pipe or a limit on files refuses says so itself. */
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL);
}

const volatile sig_atomic_t *signals_flag(void)
{
    return &caught;
}

static void die_of(int signal_number)
{
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

exit_status signals_end(exit_status status)
{
    alarm(0);
    if (status == EXIT_INTERRUPTED && caught != SIGINT)
        die_of(caught);
    if (status == EXIT_READER_GONE)
        die_of(SIGPIPE);
    return status;
}
