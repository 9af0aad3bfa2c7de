# make bench: side by side with what else computes the same; see bench/README.md.
EXTRA_PROGRAMS += bench/generate bench/floor bench/measure
bench_generate_SOURCES = bench/generate.c
bench_floor_SOURCES = bench/floor.c
bench_measure_SOURCES = bench/measure.c
bench_floor_CFLAGS = $(AM_CFLAGS) -O3
CLEANFILES += bench/generate$(EXEEXT) bench/floor$(EXEEXT) bench/measure$(EXEEXT)
EXTRA_DIST += bench/bench.py bench/tools.py bench/README.md

# BENCH_FLAGS='--rounds=3 --only=softmax'; PEERS: a folder with metrics_numpy.py and metrics_torch.py.
# Through libtool, so that no wrapper script is timed with the program.
PEERS = $(srcdir)/../shared/peers
.PHONY: bench
bench: multimax-analyze$(EXEEXT) bench/generate$(EXEEXT) bench/floor$(EXEEXT) bench/measure$(EXEEXT)
	./libtool --mode=execute $${PYTHON-python3} -B $(srcdir)/bench/bench.py \
	    --program ./multimax-analyze$(EXEEXT) --tools bench --peers '$(PEERS)' $(BENCH_FLAGS)
