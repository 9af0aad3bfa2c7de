#include <multimax.h>

int main(void)
{
    return 0;
}
