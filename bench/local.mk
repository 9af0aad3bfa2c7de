# make bench: side by side with what else computes the same; see bench/README.md.
EXTRA_PROGRAMS += bench/generate bench/floor
bench_generate_SOURCES = bench/generate.c
bench_floor_SOURCES = bench/floor.c
bench_floor_CFLAGS = $(AM_CFLAGS) -O3
CLEANFILES += bench/generate$(EXEEXT) bench/floor$(EXEEXT)
EXTRA_DIST += bench/bench.py bench/README.md

# BENCH_FLAGS='--rounds=3 --only=softmax'; PEERS: a folder with metrics_numpy.py and metrics_torch.py.
PEERS = $(srcdir)/../shared/peers
.PHONY: bench
bench: multimax-analyze$(EXEEXT) bench/generate$(EXEEXT) bench/floor$(EXEEXT)
	$${PYTHON-python3} $(srcdir)/bench/bench.py --program=./multimax-analyze --tools=bench \
	    --peers='$(PEERS)' $(BENCH_FLAGS)
