#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_read_arrays(MMAX_FORMAT_SAFETENSORS, data, size);
    return 0;
}
