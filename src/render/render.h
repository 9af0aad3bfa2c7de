/* render: results as pictures.
 * In: finished results.  Out: PNG, SVG and PDF.  Called by the command line through multimax.h;
 * computes no map and no metric.  Layout is computed as numbers first and drawn after, through
 * mmax_canvas, the only door to cairo and pango. */
#ifndef MMAX_RENDER_H
#define MMAX_RENDER_H

#include "analyze/analyze.h"

/* The i-th library that pictures are made with and its version, as this build found them; NULL past
 * the last. */
const char *mmax_render_library(size_t i);

#endif
