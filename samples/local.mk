# Inputs worth looking at, and `make demo`, which looks at them.
samplesdir = $(docdir)/samples
dist_samples_DATA = samples/README.md samples/gallery.md samples/figure1.csv
EXTRA_DIST += samples/gallery.sh

EXTRA_PROGRAMS = samples/generate-heads
samples_generate_heads_SOURCES = samples/generate-heads.c

# Made at build time, so that the tree holds nothing binary.
GENERATED_SAMPLES = samples/heads.npy samples/induction.csv
CLEANFILES += $(GENERATED_SAMPLES) samples/generate-heads$(EXEEXT)
# The tests run the examples of the documents.
check_DATA = $(GENERATED_SAMPLES)

samples/heads.npy: samples/generate-heads$(EXEEXT)
	$(AM_V_GEN)samples/generate-heads$(EXEEXT) npy >$@.new && mv $@.new $@
samples/induction.csv: samples/generate-heads$(EXEEXT)
	$(AM_V_GEN)samples/generate-heads$(EXEEXT) csv 1 >$@.new && mv $@.new $@

# ---- demo ---------------------------------------------------------------------------------------

DEMO_TEXTS = demo/heads.txt demo/figure1.txt
if HAVE_CAIRO
DEMO_FIGURES = demo/heads-heatmap.png demo/heads-heatmap.svg \
    demo/figure1-simplex.png demo/figure1-simplex.pdf \
    demo/figure1-tradeoff.png demo/figure1-tradeoff.pdf
endif
DEMO = $(DEMO_TEXTS) $(DEMO_FIGURES)
CLEANFILES += $(DEMO)

ANALYZE = ./multimax-analyze$(EXEEXT)
HEADS = samples/heads.npy
FIGURE1 = $(srcdir)/samples/figure1.csv
# The paper's figures: each map at one point, sparsity relative to the smallest softmax weight.
FIGURE1_FLAGS = -m softmax -m sparsemax -m entmax:1.5 -m evsoftmax -m multimax:figure1 \
    --epsilon=0 --reference=softmax-min

# Real targets: a second `make demo` has nothing to do but show them.
demo/heads.txt: multimax-analyze$(EXEEXT) $(HEADS)
	$(AM_V_GEN)$(MKDIR_P) demo && $(ANALYZE) -o $@ $(HEADS)
demo/heads-heatmap.png demo/heads-heatmap.svg: multimax-analyze$(EXEEXT) $(HEADS)
	$(AM_V_GEN)$(MKDIR_P) demo && $(ANALYZE) -q -m softmax -m entmax:1.5 -m multimax \
	    --title='Four kinds of heads' -o /dev/null --heatmap=$@ $(HEADS)
demo/figure1.txt: multimax-analyze$(EXEEXT) $(FIGURE1)
	$(AM_V_GEN)$(MKDIR_P) demo && $(ANALYZE) $(FIGURE1_FLAGS) --per=row \
	    --metrics=multimodality,sparsity,entropy,support -o $@ $(FIGURE1)
demo/figure1-simplex.png demo/figure1-simplex.pdf: multimax-analyze$(EXEEXT) $(FIGURE1)
	$(AM_V_GEN)$(MKDIR_P) demo && $(ANALYZE) -q $(FIGURE1_FLAGS) \
	    --title='(10, k, -1), k = 10, 8, 6, 4, 2' -o /dev/null --simplex=$@ $(FIGURE1)
demo/figure1-tradeoff.png demo/figure1-tradeoff.pdf: multimax-analyze$(EXEEXT) $(FIGURE1)
	$(AM_V_GEN)$(MKDIR_P) demo && $(ANALYZE) -q $(FIGURE1_FLAGS) \
	    --title='(10, k, -1), k = 10, 8, 6, 4, 2' -o /dev/null --tradeoff=$@ $(FIGURE1)

.PHONY: demo
demo: $(DEMO) $(GENERATED_SAMPLES)
	@echo; echo '$$ multimax-analyze samples/heads.npy'; cat demo/heads.txt
	@echo; echo '$$ multimax-analyze $(FIGURE1_FLAGS) --per=row \'; \
	    echo '>     --metrics=multimodality,sparsity,entropy,support samples/figure1.csv'; cat demo/figure1.txt
	@echo; echo "In $$(pwd -P):"; for file in $(DEMO); do echo "  $$file"; done

# ---- figures of the documents -------------------------------------------------------------------

# Those that README shows, in the source tree: not made by any other target.
.PHONY: doc-figures
doc-figures: multimax-analyze$(EXEEXT) $(HEADS)
	$(ANALYZE) -q -m softmax -m entmax:1.5 -m multimax --title='Four kinds of heads' \
	    --heatmap=$(srcdir)/doc/heads.png -o /dev/null $(HEADS)
	$(ANALYZE) -q $(FIGURE1_FLAGS) --title='(10, k, -1), k = 10, 8, 6, 4, 2' \
	    --simplex=$(srcdir)/doc/figure1.png -o /dev/null $(FIGURE1)

# ---- gallery ------------------------------------------------------------------------------------

# All kinds of figures on one page, with their commands.
.PHONY: gallery
gallery: multimax-analyze$(EXEEXT) $(GENERATED_SAMPLES)
	@top_srcdir=$(srcdir) top_builddir=. $(SHELL) $(srcdir)/samples/gallery.sh gallery
	@echo "In $$(pwd -P): gallery/index.html"
clean-local: clean-gallery
.PHONY: clean-gallery
clean-gallery:
	rm -rf gallery
