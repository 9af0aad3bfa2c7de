/* The program as a function, for tests that run it in their own process: what includes this before
 * main has that name instead. */
#ifndef MMAX_PROGRAM_H
#define MMAX_PROGRAM_H

int program_main(int argc, char **argv);

#endif
