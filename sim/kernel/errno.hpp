// MODELLED: linux/errno.h. Error numbers that user space never sees.
#pragma once

#include <cerrno>

namespace kernel {

// "Restart the call unless a handler runs".
inline constexpr int ERESTARTSYS = 512;

} // namespace kernel
