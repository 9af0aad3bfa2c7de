/* What the tests of layouts share: a ruler of our own, so that no font is needed, and rectangles.
 */
#ifndef MMAX_TEST_RENDER_PLACES_H
#define MMAX_TEST_RENDER_PLACES_H

#include "render/layout.h"

/* Six tenths of the size a byte. */
extern const mmax_measure measure;

typedef struct places {
    size_t n;
    struct named_place {
        const char *name;
        mmax_rectangle at;
    } at[1024];
} places;

/* Adds a rectangle, unless it is empty. */
void add(places *all, const char *name, mmax_rectangle at);

/* None lies on another one, and none leaves the page. */
void assert_apart_and_inside(const places *all, double width, double height);

#endif
