// MODELLED: linux/string.h and linux/kernel.h, what the core uses of them. Out of line, so that each byte the core
// touches through them can be accounted for.
#pragma once

#include <cstddef>
#include <cstdint>

#include <sys/types.h>

namespace kernel {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using s32 = std::int32_t;
using s64 = std::int64_t;
using std::size_t;

void *memset(void *to, int byte, size_t bytes);
size_t strlen(const char *text);
void *memcpy(void *to, const void *from, size_t bytes);

// 4.x's type-checked min; both sides must have one type.
template <typename T> [[gnu::always_inline]] constexpr T min(T a, T b)
{
    return a < b ? a : b;
}

} // namespace kernel
