// Names, after fs/fuse/dir.c of Linux 2.6.17. The VFS holds a directory's mutex over the operations on
// it, but not over revalidate.
#include "core/fuse_i.hpp"
#include "sim/kernel/err.hpp"
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
        // Nodeid 0 says that the entry is gone: there is no node to forget.
        if (!err && !outarg.nodeid)
            err = -ENOENT;
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

static void fuse_create_init(struct fuse_req *req, struct inode *dir, struct dentry *entry, struct fuse_open_in *inarg,
                             struct fuse_entry_out *outentry, struct fuse_open_out *outopen)
{
    req->in.h.opcode = FUSE_CREATE;
    req->in.h.nodeid = get_node_id(dir);
    req->inode = dir;
    req->in.numargs = 2;
    req->in.args[0].size = sizeof(*inarg);
    req->in.args[0].value = inarg;
    req->in.args[1].size = strlen(entry->d_name) + 1;
    req->in.args[1].value = entry->d_name;
    req->out.numargs = 2;
    req->out.args[0].size = sizeof(*outentry);
    req->out.args[0].value = outentry;
    req->out.args[1].size = sizeof(*outopen);
    req->out.args[1].value = outopen;
}

// Creates the file and opens it in one request.
static int fuse_create_open(struct inode *dir, struct dentry *entry, int mode, struct nameidata *nd)
{
    int err;
    struct inode *inode;
    struct fuse_conn *fc = get_fuse_conn(dir);
    struct fuse_req *req;
    struct fuse_open_in inarg;
    struct fuse_open_out outopen;
    struct fuse_entry_out outentry;
    struct fuse_file *ff;
    struct file *file;
    int flags = nd->intent.open.flags;

    err = -ENOSYS;
    if (fc->no_create)
        goto out;
    err = -EINTR;
    req = fuse_get_request(fc);
    if (!req)
        goto out;

    err = -ENOMEM;
    ff = fuse_file_alloc();
    if (!ff)
        goto out_put_request;

    flags &= ~O_NOCTTY;
    memset(&inarg, 0, sizeof(inarg));
    inarg.flags = flags;
    inarg.mode = mode;
    fuse_create_init(req, dir, entry, &inarg, &outentry, &outopen);
    request_send(fc, req);
    err = req->out.h.error;
    if (err) {
        if (err == -ENOSYS)
            fc->no_create = 1;
        goto out_free_ff;
    }
    err = -EIO;
    if (!S_ISREG(outentry.attr.mode) || invalid_nodeid(outentry.nodeid))
        goto out_free_ff;

    inode = fuse_iget(dir->i_sb, outentry.nodeid, &outentry.attr);
    err = -ENOMEM;
    if (!inode) {
        flags &= ~(O_CREAT | O_EXCL | O_TRUNC);
        ff->fh = outopen.fh;
        fuse_send_release(fc, ff, outentry.nodeid, nullptr, flags, 0);
        goto out_put_request;
    }
    fuse_put_request(fc, req);
    entry->d_op = &fuse_dentry_operations;
    d_instantiate(entry, inode);
    file = lookup_instantiate_filp(nd, entry, generic_file_open);
    if (IS_ERR(file)) {
        ff->fh = outopen.fh;
        fuse_send_release(fc, ff, outentry.nodeid, inode, flags, 0);
        return PTR_ERR(file);
    }
    fuse_finish_open(inode, file, ff, &outopen);
    return 0;

out_free_ff:
    fuse_file_free(ff);
out_put_request:
    fuse_put_request(fc, req);
out:
    return err;
}

// Sends a request whose reply is a new entry of the directory.
static int create_new_entry(struct fuse_conn *fc, struct fuse_req *req, struct inode *dir, struct dentry *entry,
                            int mode)
{
    struct fuse_entry_out outarg;
    struct inode *inode;
    int err;

    req->in.h.nodeid = get_node_id(dir);
    req->inode = dir;
    req->out.numargs = 1;
    req->out.args[0].size = sizeof(outarg);
    req->out.args[0].value = &outarg;
    request_send(fc, req);
    err = req->out.h.error;
    if (err) {
        fuse_put_request(fc, req);
        return err;
    }
    err = -EIO;
    if (invalid_nodeid(outarg.nodeid))
        goto out_put_request;

    if ((outarg.attr.mode ^ mode) & S_IFMT)
        goto out_put_request;

    inode = fuse_iget(dir->i_sb, outarg.nodeid, &outarg.attr);
    if (!inode) {
        fuse_send_forget(fc, req, outarg.nodeid, 1);
        return -ENOMEM;
    }
    fuse_put_request(fc, req);

    entry->d_op = &fuse_dentry_operations;
    d_instantiate(entry, inode);
    return 0;

out_put_request:
    fuse_put_request(fc, req);
    return err;
}

static int fuse_mknod(struct inode *dir, struct dentry *entry, int mode)
{
    struct fuse_mknod_in inarg;
    struct fuse_conn *fc = get_fuse_conn(dir);
    struct fuse_req *req = fuse_get_request(fc);
    if (!req)
        return -EINTR;

    memset(&inarg, 0, sizeof(inarg));
    inarg.mode = mode;
    req->in.h.opcode = FUSE_MKNOD;
    req->in.numargs = 2;
    req->in.args[0].size = sizeof(inarg);
    req->in.args[0].value = &inarg;
    req->in.args[1].size = strlen(entry->d_name) + 1;
    req->in.args[1].value = entry->d_name;
    return create_new_entry(fc, req, dir, entry, mode);
}

static int fuse_create(struct inode *dir, struct dentry *entry, int mode, struct nameidata *nd)
{
    if (nd && (nd->flags & LOOKUP_CREATE)) {
        int err = fuse_create_open(dir, entry, mode, nd);
        if (err != -ENOSYS)
            return err;
        // The daemon knows no CREATE: MKNOD, and an OPEN by the VFS.
    }
    return fuse_mknod(dir, entry, mode);
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
    } else if (err == -EINTR)
        d_invalidate(entry);
    return err;
}

static int fuse_rename(struct inode *olddir, struct dentry *oldent, struct inode *newdir, struct dentry *newent)
{
    int err;
    struct fuse_rename_in inarg;
    struct fuse_conn *fc = get_fuse_conn(olddir);
    struct fuse_req *req = fuse_get_request(fc);
    if (!req)
        return -EINTR;

    memset(&inarg, 0, sizeof(inarg));
    inarg.newdir = get_node_id(newdir);
    req->in.h.opcode = FUSE_RENAME;
    req->in.h.nodeid = get_node_id(olddir);
    req->inode = olddir;
    req->inode2 = newdir;
    req->in.numargs = 3;
    req->in.args[0].size = sizeof(inarg);
    req->in.args[0].value = &inarg;
    req->in.args[1].size = strlen(oldent->d_name) + 1;
    req->in.args[1].value = oldent->d_name;
    req->in.args[2].size = strlen(newent->d_name) + 1;
    req->in.args[2].value = newent->d_name;
    request_send(fc, req);
    err = req->out.h.error;
    fuse_put_request(fc, req);
    if (err == -EINTR) {
        // Nobody knows whether the daemon has renamed it. A directory that is in use stays under both names.
        d_invalidate(oldent);
        if (newent->d_inode)
            d_invalidate(newent);
    }
    return err;
}

static int fuse_link(struct dentry *entry, struct inode *newdir, struct dentry *newent)
{
    struct fuse_link_in inarg;
    struct inode *inode = entry->d_inode;
    struct fuse_conn *fc = get_fuse_conn(inode);
    struct fuse_req *req = fuse_get_request(fc);
    if (!req)
        return -EINTR;

    memset(&inarg, 0, sizeof(inarg));
    inarg.oldnodeid = get_node_id(inode);
    req->in.h.opcode = FUSE_LINK;
    req->inode2 = inode;
    req->in.numargs = 2;
    req->in.args[0].size = sizeof(inarg);
    req->in.args[0].value = &inarg;
    req->in.args[1].size = strlen(newent->d_name) + 1;
    req->in.args[1].value = newent->d_name;
    return create_new_entry(fc, req, newdir, newent, inode->i_mode);
}

static int fuse_dir_open(struct inode *inode, struct file *file)
{
    return fuse_open_common(inode, file, 1);
}

static int fuse_dir_release(struct inode *inode, struct file *file)
{
    return fuse_release_common(inode, file, 1);
}

static int fuse_dir_fsync(struct file *file, struct dentry *de, int datasync)
{
    return fuse_fsync_common(file, de, datasync, 1);
}

static const struct inode_operations fuse_dir_inode_operations = {
    .lookup = fuse_lookup,
    .create = fuse_create,
    .unlink = fuse_unlink,
    .link = fuse_link,
    .rename = fuse_rename,
    .setxattr = fuse_setxattr,
    .getattr = fuse_do_getattr,
};

static const struct file_operations fuse_dir_operations = {
    .owner = THIS_MODULE,
    .open = fuse_dir_open,
    .release = fuse_dir_release,
    .fsync = fuse_dir_fsync,
};

void fuse_init_dir(struct inode *inode)
{
    inode->i_op = &fuse_dir_inode_operations;
    inode->i_fop = &fuse_dir_operations;
}

} // namespace kernel::fuse
