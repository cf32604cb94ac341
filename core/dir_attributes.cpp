// Attributes, after fs/fuse/dir.c of Linux 2.6.17. The VFS holds the inode's mutex over setxattr, and none over getattr.
#include "core/fuse_i.hpp"
#include "sim/kernel/errno.hpp"

namespace kernel::fuse {

int fuse_do_getattr(struct inode *inode)
{
    int err;
    struct fuse_attr_out arg;
    struct fuse_conn *fc = get_fuse_conn(inode);
    struct fuse_req *req = fuse_get_request(fc);
    if (!req)
        return -EINTR;

    req->in.h.opcode = FUSE_GETATTR;
    req->in.h.nodeid = get_node_id(inode);
    req->inode = inode;
    req->out.numargs = 1;
    req->out.args[0].size = sizeof(arg);
    req->out.args[0].value = &arg;
    request_send(fc, req);
    err = req->out.h.error;
    fuse_put_request(fc, req);
    if (!err) {
        if ((inode->i_mode ^ arg.attr.mode) & S_IFMT) {
            make_bad_inode(inode);
            err = -EIO;
        } else
            fuse_change_attributes(inode, &arg.attr);
    }
    return err;
}

int fuse_setxattr(struct dentry *entry, const char *name, const void *value, size_t size, int flags)
{
    struct inode *inode = entry->d_inode;
    struct fuse_conn *fc = get_fuse_conn(inode);
    struct fuse_req *req;
    struct fuse_setxattr_in inarg;
    int err;

    if (fc->no_setxattr)
        return -EOPNOTSUPP;

    req = fuse_get_request(fc);
    if (!req)
        return -EINTR;

    memset(&inarg, 0, sizeof(inarg));
    inarg.size = size;
    inarg.flags = flags;
    req->in.h.opcode = FUSE_SETXATTR;
    req->in.h.nodeid = get_node_id(inode);
    req->inode = inode;
    req->in.numargs = 3;
    req->in.args[0].size = sizeof(inarg);
    req->in.args[0].value = &inarg;
    req->in.args[1].size = strlen(name) + 1;
    req->in.args[1].value = name;
    req->in.args[2].size = size;
    req->in.args[2].value = value;
    request_send(fc, req);
    err = req->out.h.error;
    fuse_put_request(fc, req);
    if (err == -ENOSYS) {
        fc->no_setxattr = 1;
        err = -EOPNOTSUPP;
    }
    return err;
}

static const struct inode_operations fuse_common_inode_operations = {
    .setxattr = fuse_setxattr,
    .getattr = fuse_do_getattr,
};

void fuse_init_common(struct inode *inode)
{
    inode->i_op = &fuse_common_inode_operations;
}

} // namespace kernel::fuse
