#include "base/base.h"

#include <math.h>
#include <string.h>

size_t mmax_number_write(double value, char text[MMAX_NUMBER_SIZE])
{
    int length = 0;
    for (int digits = 1; digits <= 17; digits++) {
        length = snprintf(text, MMAX_NUMBER_SIZE, "%.*g", digits, value);
        double back;
        if (mmax_number_read(text, (size_t)length, &back) && (back == value || isnan(value)))
            break;
    }
    return (size_t)length;
}

size_t mmax_number_write_float(float value, char text[MMAX_NUMBER_SIZE])
{
    int length = 0;
    for (int digits = 1; digits <= 9; digits++) {
        length = snprintf(text, MMAX_NUMBER_SIZE, "%.*g", digits, (double)value);
        double back;
        if (mmax_number_read(text, (size_t)length, &back) && ((float)back == value || isnan(value)))
            break;
    }
    return (size_t)length;
}
