// Names and attributes, after fs/fuse/dir.c of Linux 2.6.17. The VFS holds a directory's mutex over the operations on
// it, revalidate and getattr but not.
#include "core/fuse_i.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/stubs.hpp"

namespace kernel::fuse {

static void fuse_lookup_init(struct fuse_req *req, struct inode *dir, struct dentry *entry,
                             struct fuse_entry_out *outarg)
{
    req->in.h.opcode = FUSE_LOOKUP;
    req->in.h.nodeid = get_node_id(dir);
    req->inode = dir;
    req->in.numargs = 1;
    req->in.args[0].size = strlen(entry->d_name) + 1;
    req->in.args[0].value = entry->d_name;
    req->out.numargs = 1;
    req->out.args[0].size = sizeof(struct fuse_entry_out);
    req->out.args[0].value = outarg;
}

// Whether a cached entry is still good; asked only when its time is over.
static int fuse_dentry_revalidate(struct dentry *entry)
{
    struct inode *inode = entry->d_inode;

    if (inode && is_bad_inode(inode))
        return 0;
    else {
        int err;
        struct fuse_entry_out outarg;
        struct fuse_conn *fc;
        struct fuse_req *req;

        // That there was nothing says little about now.
        if (!inode)
            return 0;

        fc = get_fuse_conn(inode);
        req = fuse_get_request(fc);
        if (!req)
            return 0;

        fuse_lookup_init(req, entry->d_parent->d_inode, entry, &outarg);
        request_send(fc, req);
        err = req->out.h.error;
        if (!err) {
            struct fuse_inode *fi = get_fuse_inode(inode);
            if (outarg.nodeid != get_node_id(inode)) {
                fuse_send_forget(fc, req, outarg.nodeid, 1);
                return 0;
            }
            fi->nlookup++;
        }
        fuse_put_request(fc, req);
        if (err || (outarg.attr.mode ^ inode->i_mode) & S_IFMT)
            return 0;

        fuse_change_attributes(inode, &outarg.attr);
    }
    return 1;
}

static const struct dentry_operations fuse_dentry_operations = {
    .d_revalidate = fuse_dentry_revalidate,
};

static int invalid_nodeid(u64 nodeid)
{
    return !nodeid || nodeid == FUSE_ROOT_ID;
}

static int valid_mode(int m)
{
    return S_ISREG(m) || S_ISDIR(m) || S_ISLNK(m) || S_ISCHR(m) || S_ISBLK(m) || S_ISFIFO(m) || S_ISSOCK(m);
}

static int fuse_lookup(struct inode *dir, struct dentry *entry)
{
    int err;
    struct fuse_entry_out outarg;
    struct inode *inode = nullptr;
    struct fuse_conn *fc = get_fuse_conn(dir);
    struct fuse_req *req;

    req = fuse_get_request(fc);
    if (!req)
        return -EINTR;

    fuse_lookup_init(req, dir, entry, &outarg);
    request_send(fc, req);
    err = req->out.h.error;
    // Nodeid 0 says that there is no such entry.
    if (!err && outarg.nodeid && (invalid_nodeid(outarg.nodeid) || !valid_mode(outarg.attr.mode)))
        err = -EIO;
    if (!err && outarg.nodeid) {
        inode = fuse_iget(dir->i_sb, outarg.nodeid, &outarg.attr);
        if (!inode) {
            fuse_send_forget(fc, req, outarg.nodeid, 1);
            return -ENOMEM;
        }
    }
    fuse_put_request(fc, req);
    if (err && err != -ENOENT)
        return err;

    entry->d_op = &fuse_dentry_operations;
    d_add(entry, inode);
    return 0;
}

static int fuse_unlink(struct inode *dir, struct dentry *entry)
{
    int err;
    struct fuse_conn *fc = get_fuse_conn(dir);
    struct fuse_req *req = fuse_get_request(fc);
    if (!req)
        return -EINTR;

    req->in.h.opcode = FUSE_UNLINK;
    req->in.h.nodeid = get_node_id(dir);
    req->inode = dir;
    req->in.numargs = 1;
    req->in.args[0].size = strlen(entry->d_name) + 1;
    req->in.args[0].value = entry->d_name;
    request_send(fc, req);
    err = req->out.h.error;
    fuse_put_request(fc, req);
    if (!err) {
        struct inode *inode = entry->d_inode;
        // Other names of it are found out by the next lookup or getattr.
        inode->i_nlink = 0;
    }
    return err;
}

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

static int fuse_dir_open(struct inode *inode, struct file *file)
{
    return fuse_open_common(inode, file, 1);
}

static int fuse_dir_release(struct inode *inode, struct file *file)
{
    return fuse_release_common(inode, file, 1);
}

static const struct inode_operations fuse_dir_inode_operations = {
    .lookup = fuse_lookup,
    .unlink = fuse_unlink,
    .getattr = fuse_do_getattr,
};

static const struct file_operations fuse_dir_operations = {
    .owner = THIS_MODULE,
    .open = fuse_dir_open,
    .release = fuse_dir_release,
};

void fuse_init_dir(struct inode *inode)
{
    inode->i_op = &fuse_dir_inode_operations;
    inode->i_fop = &fuse_dir_operations;
}

} // namespace kernel::fuse
