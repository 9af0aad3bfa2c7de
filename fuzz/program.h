/* The program as a function, for program.c: included before each of its files. */
#ifndef FUZZ_PROGRAM_H
#define FUZZ_PROGRAM_H

#include <stdio.h>

#define main multimax_main
int multimax_main(int argc, char **argv);

/* Its messages; standard error is the fuzzer's. */
#undef stderr
#define stderr fuzz_messages
extern FILE *fuzz_messages;

#endif
