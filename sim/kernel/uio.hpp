// MODELLED: linux/uio.h. Lengths of segment lists.
#pragma once

#include <cstddef>

#include <sys/uio.h>

namespace kernel {

using ::iovec;

// The bytes of all segments.
std::size_t iov_length(const iovec *iov, unsigned long nr_segs);

} // namespace kernel
