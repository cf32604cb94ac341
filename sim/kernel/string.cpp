// Memory functions of the kernel.
#include "sim/kernel/string.hpp"

#include <cstring>

namespace kernel {

void *memset(void *to, int byte, size_t bytes)
{
    return std::memset(to, byte, bytes);
}

size_t strlen(const char *text)
{
    return std::strlen(text);
}

void *memcpy(void *to, const void *from, size_t bytes)
{
    return std::memcpy(to, from, bytes);
}

} // namespace kernel
