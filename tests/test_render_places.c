#include "test_render_places.h"

#include "testing.h"

#include <string.h>

static double measure_text(const void *context, const char *text, double size, bool is_bold)
{
    (void)context;
    return (is_bold ? 0.65 : 0.6) * size * (double)strlen(text);
}

const mmax_measure measure = {measure_text, NULL};

void add(places *all, const char *name, mmax_rectangle at)
{
    if (!(at.width > 0) || !(at.height > 0))
        return;
    ck_assert(all->n < sizeof all->at / sizeof *all->at);
    all->at[all->n++] = (struct named_place){name, at};
}

static bool overlap(mmax_rectangle a, mmax_rectangle b)
{
    const double slack = 0.01;
    return a.x + a.width > b.x + slack && b.x + b.width > a.x + slack &&
           a.y + a.height > b.y + slack && b.y + b.height > a.y + slack;
}

void assert_apart_and_inside(const places *all, double width, double height)
{
    for (size_t i = 0; i < all->n; i++) {
        mmax_rectangle a = all->at[i].at;
        if (a.x < 0 || a.y < 0 || a.x + a.width > width + 0.01 || a.y + a.height > height + 0.01)
            ck_abort_msg("%s leaves the page: %g %g %g %g in %g x %g", all->at[i].name, a.x, a.y,
                         a.width, a.height, width, height);
        for (size_t k = 0; k < i; k++) {
            mmax_rectangle b = all->at[k].at;
            if (overlap(a, b))
                ck_abort_msg("%s (%g %g %g %g) lies on %s (%g %g %g %g)", all->at[i].name, a.x, a.y,
                             a.width, a.height, all->at[k].name, b.x, b.y, b.width, b.height);
        }
    }
}
