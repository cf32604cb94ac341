// Segment lists.
#include "sim/kernel/uio.hpp"

namespace kernel {

std::size_t iov_length(const iovec *iov, unsigned long nr_segs)
{
    std::size_t total = 0;
    for (unsigned long i = 0; i < nr_segs; ++i)
        total += iov[i].iov_len;
    return total;
}

} // namespace kernel
