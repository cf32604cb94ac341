// Memory functions of the kernel.
#include "sim/kernel/string.hpp"

#include <cstring>

#include "sim/run.hpp"

namespace kernel {

static void touched(const void *address, size_t bytes, bool write, const void *pc)
{
    if (sim::the_run.watching != 0 && bytes != 0)
        sim::watched({address, bytes, write, pc});
}

void *memset(void *to, int byte, size_t bytes)
{
    touched(to, bytes, true, __builtin_return_address(0));
    return std::memset(to, byte, bytes);
}

size_t strlen(const char *text)
{
    touched(text, std::strlen(text) + 1, false, __builtin_return_address(0));
    return std::strlen(text);
}

void *memcpy(void *to, const void *from, size_t bytes)
{
    touched(from, bytes, false, __builtin_return_address(0));
    touched(to, bytes, true, __builtin_return_address(0));
    return std::memcpy(to, from, bytes);
}

} // namespace kernel
