// Opening and closing files, after fs/fuse/file.c of Linux 2.6.17.
#include "core/fuse_i.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/filemap.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/stubs.hpp"

namespace kernel::fuse {

static int fuse_open(struct inode *inode, struct file *file);
static int fuse_release(struct inode *inode, struct file *file);
static int fuse_flush(struct file *file);
static int fuse_fsync(struct file *file, struct dentry *de, int datasync);

static int fuse_send_open(struct inode *inode, struct file *file, int isdir, struct fuse_open_out *outargp)
{
    struct fuse_conn *fc = get_fuse_conn(inode);
    struct fuse_open_in inarg;
    struct fuse_req *req;
    int err;

    req = fuse_get_request(fc);
    if (!req)
        return -EINTR;

    memset(&inarg, 0, sizeof(inarg));
    inarg.flags = file->f_flags & ~(O_CREAT | O_EXCL | O_NOCTTY);
    req->in.h.opcode = isdir ? FUSE_OPENDIR : FUSE_OPEN;
    req->in.h.nodeid = get_node_id(inode);
    req->inode = inode;
    req->in.numargs = 1;
    req->in.args[0].size = sizeof(inarg);
    req->in.args[0].value = &inarg;
    req->out.numargs = 1;
    req->out.args[0].size = sizeof(*outargp);
    req->out.args[0].value = outargp;
    request_send(fc, req);
    err = req->out.h.error;
    fuse_put_request(fc, req);

    return err;
}

struct fuse_file *fuse_file_alloc()
{
    struct fuse_file *ff;
    ff = (struct fuse_file *)kmalloc(sizeof(struct fuse_file), GFP_KERNEL);
    if (ff) {
        ff->release_req = fuse_request_alloc();
        if (!ff->release_req) {
            kfree(ff);
            ff = nullptr;
        }
    }
    return ff;
}

void fuse_file_free(struct fuse_file *ff)
{
    fuse_request_free(ff->release_req);
    kfree(ff);
}

static const struct file_operations fuse_direct_io_file_operations = {
    .owner = THIS_MODULE,
    .read = fuse_direct_read,
    .write = fuse_direct_write,
    .open = fuse_open,
    .flush = fuse_flush,
    .release = fuse_release,
    .fsync = fuse_fsync,
};

void fuse_finish_open(struct inode *inode, struct file *file, struct fuse_file *ff, struct fuse_open_out *outarg)
{
    if (outarg->open_flags & FOPEN_DIRECT_IO)
        file->f_op = &fuse_direct_io_file_operations;
    if (!(outarg->open_flags & FOPEN_KEEP_CACHE))
        invalidate_inode_pages(&inode->i_data);
    ff->fh = outarg->fh;
    file->private_data = ff;
}

int fuse_open_common(struct inode *inode, struct file *file, int isdir)
{
    struct fuse_open_out outarg;
    struct fuse_file *ff;
    int err;

    // The VFS looks at it only after open.
    err = generic_file_open(inode, file);
    if (err)
        return err;

    // Nobody has looked the root up, so nothing is known about it yet.
    if (get_node_id(inode) == FUSE_ROOT_ID) {
        err = fuse_do_getattr(inode);
        if (err)
            return err;
    }

    ff = fuse_file_alloc();
    if (!ff)
        return -ENOMEM;

    err = fuse_send_open(inode, file, isdir, &outarg);
    if (err)
        fuse_file_free(ff);
    else
        fuse_finish_open(inode, file, ff, &outarg);

    return err;
}

// The inode of a CREATE could not be had: with the file closed, the daemon may forget it too. On a dead connection an
// aborter may still have its reference to the request, which can then not be used again.
static void fuse_release_end(struct fuse_conn *fc, struct fuse_req *req)
{
    if (fc->connected) {
        u64 nodeid = req->in.h.nodeid;
        fuse_reset_request(req);
        fuse_send_forget(fc, req, nodeid, 1);
    } else
        fuse_put_request(fc, req);
}

void fuse_send_release(struct fuse_conn *fc, struct fuse_file *ff, u64 nodeid, struct inode *inode, int flags,
                       int isdir)
{
    struct fuse_req *req = ff->release_req;
    struct fuse_release_in *inarg = &req->misc.release_in;

    inarg->fh = ff->fh;
    inarg->flags = flags;
    req->in.h.opcode = isdir ? FUSE_RELEASEDIR : FUSE_RELEASE;
    req->in.h.nodeid = nodeid;
    req->inode = inode;
    req->in.numargs = 1;
    req->in.args[0].size = sizeof(struct fuse_release_in);
    req->in.args[0].value = inarg;
    request_send_background(fc, req);
    if (!inode)
        req->end = fuse_release_end;
    kfree(ff);
}

int fuse_release_common(struct inode *inode, struct file *file, int isdir)
{
    struct fuse_file *ff = (struct fuse_file *)(void *)file->private_data;
    if (ff) {
        struct fuse_conn *fc = get_fuse_conn(inode);
        u64 nodeid = get_node_id(inode);
        fuse_send_release(fc, ff, nodeid, inode, file->f_flags, isdir);
    }

    return 0;
}

static int fuse_open(struct inode *inode, struct file *file)
{
    return fuse_open_common(inode, file, 0);
}

static int fuse_release(struct inode *inode, struct file *file)
{
    return fuse_release_common(inode, file, 0);
}

static int fuse_flush(struct file *file)
{
    struct inode *inode = file->f_dentry->d_inode;
    struct fuse_conn *fc = get_fuse_conn(inode);
    struct fuse_file *ff = (struct fuse_file *)(void *)file->private_data;
    struct fuse_req *req;
    struct fuse_flush_in inarg;
    int err;

    if (fc->no_flush)
        return 0;

    req = fuse_get_request(fc);
    if (!req)
        return -EINTR;

    memset(&inarg, 0, sizeof(inarg));
    inarg.fh = ff->fh;
    req->in.h.opcode = FUSE_FLUSH;
    req->in.h.nodeid = get_node_id(inode);
    req->inode = inode;
    req->file = file;
    req->in.numargs = 1;
    req->in.args[0].size = sizeof(inarg);
    req->in.args[0].value = &inarg;
    request_send(fc, req);
    err = req->out.h.error;
    fuse_put_request(fc, req);
    if (err == -ENOSYS) {
        fc->no_flush = 1;
        err = 0;
    }
    return err;
}

int fuse_fsync_common(struct file *file, struct dentry *de, int datasync, int isdir)
{
    struct inode *inode = de->d_inode;
    struct fuse_conn *fc = get_fuse_conn(inode);
    struct fuse_file *ff = (struct fuse_file *)(void *)file->private_data;
    struct fuse_req *req;
    struct fuse_fsync_in inarg;
    int err;

    if (is_bad_inode(inode))
        return -EIO;

    if ((!isdir && fc->no_fsync) || (isdir && fc->no_fsyncdir))
        return 0;

    req = fuse_get_request(fc);
    if (!req)
        return -EINTR;

    memset(&inarg, 0, sizeof(inarg));
    inarg.fh = ff->fh;
    inarg.fsync_flags = datasync ? 1 : 0;
    req->in.h.opcode = isdir ? FUSE_FSYNCDIR : FUSE_FSYNC;
    req->in.h.nodeid = get_node_id(inode);
    req->inode = inode;
    req->file = file;
    req->in.numargs = 1;
    req->in.args[0].size = sizeof(inarg);
    req->in.args[0].value = &inarg;
    request_send(fc, req);
    err = req->out.h.error;
    fuse_put_request(fc, req);
    if (err == -ENOSYS) {
        if (isdir)
            fc->no_fsyncdir = 1;
        else
            fc->no_fsync = 1;
        err = 0;
    }
    return err;
}

static int fuse_fsync(struct file *file, struct dentry *de, int datasync)
{
    return fuse_fsync_common(file, de, datasync, 0);
}

static const struct file_operations fuse_file_operations = {
    .owner = THIS_MODULE,
    .read = generic_file_read,
    .write = generic_file_write,
    .open = fuse_open,
    .flush = fuse_flush,
    .release = fuse_release,
    .fsync = fuse_fsync,
    .mmap = fuse_file_mmap,
};

void fuse_init_file_inode(struct inode *inode)
{
    inode->i_fop = &fuse_file_operations;
    inode->i_data.a_ops = &fuse_file_aops;
}

} // namespace kernel::fuse
