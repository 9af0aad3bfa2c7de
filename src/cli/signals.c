#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The only state that changes outside of settings: a handler can reach nothing else. */
static volatile sig_atomic_t caught, n_alarms;

static void die_of(int signal_number)
{
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* A signal between the look at the flag and a read that blocks would be lost: an alarm each second
 * interrupts that read until the program has ended.  Libraries know nothing of the flag, and there
 * are waits in theirs that never end, as fontconfig's where memory is short: who asks again after
 * two seconds is not to be kept waiting, even if a temporary file is. */
static void raise_flag(int signal_number)
{
    enum { PATIENCE = 2 };
    if (signal_number == SIGALRM)
        n_alarms += caught && n_alarms < PATIENCE;
    else if (n_alarms == PATIENCE)
        die_of(signal_number);
    else
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

exit_status signals_end(exit_status status)
{
    alarm(0);
    if (status == EXIT_INTERRUPTED && caught != SIGINT)
        die_of(caught);
    if (status == EXIT_READER_GONE)
        die_of(SIGPIPE);
    return status;
}
