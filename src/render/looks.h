/* looks: how maps are told apart, the same in every figure.  In: the maps of a result.  Out: a
 * marker, a colour and a dash for each.  Called by the figures that show maps side by side. */
#ifndef MMAX_LOOKS_H
#define MMAX_LOOKS_H

#include "analyze/analyze.h"
#include "render/canvas.h"

/* Never by colour alone: of each family and of the first few further maps a shape and a dash, which
 * together are no other map's.  Sizes differ and all but the smallest are hollow, so that maps that
 * agree are all seen. */
typedef struct mmax_look {
    mmax_marker marker;
    mmax_palette color;
    double radius; /* of the circle about the marker, in points */
    bool is_filled;
    mmax_dash dash; /* of the map's line */
} mmax_look;

/* Looks of the maps of a result, in their order; looks (n_maps,) written.  The first map of a
 * family looks as in the figures of the MultiMax paper. */
void mmax_choose_looks(const mmax_map *maps, size_t n_maps, mmax_look *looks);

/* The order, in places of LOOKS, to draw markers in: larger ones first, since the smaller ones lie
 * within them.  order (n_maps,) written. */
void mmax_order_by_size(const mmax_look *looks, size_t n_maps, size_t *order);

/* Draws a map's marker.
 *
 * scale    factor of its radius
 * opacity  0 to 1 */
void mmax_draw_marker(mmax_canvas *canvas, const mmax_look *look, mmax_point place, double scale,
                      double opacity);

/* Draws what lifts a marker off the lines beneath it.  Draw all of them before any marker, so that
 * none hides another map's. */
void mmax_draw_halo(mmax_canvas *canvas, const mmax_look *look, mmax_point place, double scale);

/* How a map's line is painted. */
mmax_paint mmax_look_line(const mmax_canvas *canvas, const mmax_look *look, double line_width);

#endif
