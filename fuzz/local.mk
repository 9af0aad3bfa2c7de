# Fuzz targets, linked with what runs files unless configure was given a fuzzer; see "Fuzzing" in
# HACKING.md.
FUZZ_TARGETS = npy npz safetensors csv select spec mask tokens parameters program
FUZZERS = fuzz/npy fuzz/npz fuzz/safetensors fuzz/csv fuzz/select fuzz/spec fuzz/mask \
    fuzz/tokens fuzz/parameters fuzz/program
check_PROGRAMS += $(FUZZERS)
check_LTLIBRARIES += libfuzz.la

libfuzz_la_SOURCES = fuzz/fuzz.h fuzz/fuzz.c
if !FUZZER
libfuzz_la_SOURCES += fuzz/replay.c
endif
fuzz_engine = libfuzz.la $(MMAX_FUZZER_LIBS)
fuzz_rooms_io = $(fuzz_engine) libio.la libbase.la
fuzz_rooms_map = $(fuzz_engine) libmap.la libkernels.la libbase.la
fuzz_rooms_analyze = $(fuzz_engine) libanalyze.la libstats.la libmetrics.la libmap.la \
    libkernels.la libio.la libbase.la $(GSL_LIBS)

fuzz_npy_SOURCES = fuzz/reader.h fuzz/reader.c fuzz/npy.c
fuzz_npy_LDADD = $(fuzz_rooms_io)
fuzz_npz_SOURCES = fuzz/reader.h fuzz/reader.c fuzz/npz.c
fuzz_npz_LDADD = $(fuzz_rooms_io)
fuzz_safetensors_SOURCES = fuzz/reader.h fuzz/reader.c fuzz/safetensors.c
fuzz_safetensors_LDADD = $(fuzz_rooms_io)
fuzz_csv_SOURCES = fuzz/reader.h fuzz/reader.c fuzz/csv.c
fuzz_csv_LDADD = $(fuzz_rooms_io)
fuzz_select_SOURCES = fuzz/select.c
fuzz_select_LDADD = $(fuzz_rooms_io)
fuzz_spec_SOURCES = fuzz/spec.c
fuzz_spec_LDADD = $(fuzz_rooms_map)
fuzz_mask_SOURCES = fuzz/mask.c
fuzz_mask_LDADD = $(fuzz_rooms_io)
fuzz_tokens_SOURCES = fuzz/tokens.c
fuzz_tokens_LDADD = $(fuzz_rooms_io)
fuzz_parameters_SOURCES = fuzz/parameters.c
fuzz_parameters_LDADD = $(fuzz_rooms_analyze)

fuzz_program_SOURCES = fuzz/program.h fuzz/program.c fuzz/outputs.h fuzz/outputs.c $(CLI_SOURCES) \
    src/api/build_info.c
fuzz_program_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/src/cli -include $(srcdir)/fuzz/program.h
fuzz_program_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS) $(ARCHIVE_CFLAGS) $(ZLIB_CFLAGS) $(JANSSON_CFLAGS)
fuzz_program_LDADD = librender.la libreport.la $(fuzz_rooms_analyze) $(GSL_LIBS) $(JANSSON_LIBS)

TESTS += fuzz/replay.sh
EXTRA_DIST += fuzz/replay.sh fuzz/seeds.sh fuzz/campaign.sh fuzz/leaks.supp fuzz/npy.dict \
    fuzz/npz.dict fuzz/safetensors.dict fuzz/csv.dict fuzz/select.dict fuzz/spec.dict \
    fuzz/mask.dict fuzz/tokens.dict fuzz/parameters.dict fuzz/program.dict

# In a build of its own, which keeps what was found: FUZZER=afl|libfuzzer, FUZZ_SECONDS for each of
# FUZZ_TARGETS.
FUZZER = afl
FUZZ_SECONDS = 60
.PHONY: fuzz fuzz-libfuzzer
fuzz:
	$(MKDIR_P) fuzz-$(FUZZER)
	case $(FUZZER) in afl) CC=afl-clang-fast ;; *) CC=clang ;; esac; \
	test -f fuzz-$(FUZZER)/Makefile || (cd fuzz-$(FUZZER) && $(abs_top_srcdir)/configure CC=$$CC \
	    CFLAGS='-g -O1' --quiet --enable-sanitizers --enable-fuzzer)
	cd fuzz-$(FUZZER) && $(MAKE) $(AM_MAKEFLAGS) fuzzers && \
	    top_srcdir=$(abs_top_srcdir) $(SHELL) $(abs_top_srcdir)/fuzz/campaign.sh $(FUZZER) \
	    $(FUZZ_SECONDS) $(FUZZ_TARGETS)
fuzz-libfuzzer:
	$(MAKE) $(AM_MAKEFLAGS) fuzz FUZZER=libfuzzer

.PHONY: fuzzers
fuzzers: $(FUZZERS) tests/npy-from-text$(EXEEXT) tests/npz-pack$(EXEEXT)
