// The control attributes of a connection, as in Linux 2.6.17.
#include "core/fuse_i.hpp"

namespace kernel::fuse {

int fuse_conn_waiting_show(struct fuse_conn *fc)
{
    return atomic_read(&fc->num_waiting);
}

ssize_t fuse_conn_abort_store(struct fuse_conn *fc, const char *, size_t count)
{
    fuse_abort_conn(fc);
    return count;
}

} // namespace kernel::fuse
