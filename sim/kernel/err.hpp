// MODELLED: linux/err.h. Errors in the place of pointers.
#pragma once

#include <cstdint>

namespace kernel {

[[gnu::always_inline]] inline bool IS_ERR(const void *pointer)
{
    return reinterpret_cast<std::uintptr_t>(pointer) >= static_cast<std::uintptr_t>(-4095);
}

[[gnu::always_inline]] inline long PTR_ERR(const void *pointer)
{
    return static_cast<long>(reinterpret_cast<std::intptr_t>(pointer));
}

[[gnu::always_inline]] inline void *ERR_PTR(long error)
{
    return reinterpret_cast<void *>(error);
}

} // namespace kernel
