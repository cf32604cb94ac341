// Inodes, mounting and the life of a connection, after fs/fuse/inode.c of Linux 2.6.17.
#include <cstddef>

#include "core/fuse_i.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/module_variable.hpp"
#include "sim/kernel/pagemap.hpp"
#include "sim/kernel/slab.hpp"

namespace kernel::fuse {

static per_world<kmem_cache_t *> fuse_inode_cachep;
static per_world<unsigned long> conn_ctr;

// Bytes.
static constexpr unsigned long VM_MAX_READAHEAD = 128 * 1024;

static struct inode *fuse_alloc_inode(struct super_block *)
{
    struct inode *inode;
    struct fuse_inode *fi;

    inode = (struct inode *)kmem_cache_alloc(fuse_inode_cachep, SLAB_KERNEL);
    if (!inode)
        return nullptr;
    fi = get_fuse_inode(inode);
    fi->nodeid = 0;
    fi->nlookup = 0;
    fi->forget_req = fuse_request_alloc();
    if (!fi->forget_req) {
        kmem_cache_free(fuse_inode_cachep, inode);
        return nullptr;
    }
    return inode;
}

static void fuse_destroy_inode(struct inode *inode)
{
    struct fuse_inode *fi = get_fuse_inode(inode);
    if (fi->forget_req)
        fuse_request_free(fi->forget_req);
    kmem_cache_free(fuse_inode_cachep, inode);
}

void fuse_send_forget(struct fuse_conn *fc, struct fuse_req *req, u64 nodeid, u64 nlookup)
{
    struct fuse_forget_in *inarg = &req->misc.forget_in;
    inarg->nlookup = nlookup;
    req->in.h.opcode = FUSE_FORGET;
    req->in.h.nodeid = nodeid;
    req->in.numargs = 1;
    req->in.args[0].size = sizeof(struct fuse_forget_in);
    req->in.args[0].value = inarg;
    request_send_noreply(fc, req);
}

// Once the superblock is on its way out the daemon forgets everything by itself.
static void fuse_clear_inode(struct inode *inode)
{
    if (inode->i_sb->s_active) {
        struct fuse_conn *fc = get_fuse_conn(inode);
        struct fuse_inode *fi = get_fuse_inode(inode);
        fuse_send_forget(fc, fi->forget_req, fi->nodeid, fi->nlookup);
        fi->forget_req = nullptr;
    }
}

void fuse_change_attributes(struct inode *inode, struct fuse_attr *attr)
{
    if (S_ISREG(inode->i_mode) && i_size_read(inode) != attr->size)
        invalidate_inode_pages(&inode->i_data);

    inode->i_mode = (inode->i_mode & S_IFMT) + (attr->mode & 07777);
    inode->i_nlink = attr->nlink;
    i_size_write(inode, attr->size);
}

static void fuse_init_inode(struct inode *inode, struct fuse_attr *attr)
{
    inode->i_mode = attr->mode & S_IFMT;
    if (S_ISREG(attr->mode)) {
        fuse_init_common(inode);
        fuse_init_file_inode(inode);
    } else if (S_ISDIR(attr->mode))
        fuse_init_dir(inode);
}

struct inode *fuse_iget(struct super_block *sb, u64 nodeid, struct fuse_attr *attr)
{
    struct inode *inode;
    struct fuse_inode *fi;
    int retried = 0;

retry:
    inode = iget_locked(sb, nodeid);
    if (!inode)
        return nullptr;

    if (inode->i_state & I_NEW) {
        get_fuse_inode(inode)->nodeid = nodeid;
        inode->i_data.backing_dev_info = &get_fuse_conn_super(sb)->bdi;
        fuse_init_inode(inode, attr);
        unlock_new_inode(inode);
    } else if ((inode->i_mode ^ attr->mode) & S_IFMT) {
        BUG_ON(retried);
        // The daemon has put something else in its place: what is open there must fail from now on.
        make_bad_inode(inode);
        iput(inode);
        retried = 1;
        goto retry;
    }

    fi = get_fuse_inode(inode);
    fi->nlookup++;
    fuse_change_attributes(inode, attr);
    return inode;
}

static void fuse_umount_begin(struct super_block *sb)
{
    fuse_abort_conn(get_fuse_conn_super(sb));
}

static void fuse_put_super(struct super_block *sb)
{
    struct fuse_conn *fc = get_fuse_conn_super(sb);

    down_write(&fc->sbput_sem);
    while (!list_empty(&fc->background))
        fuse_release_background(fc, list_entry<&fuse_req::bg_entry>(fc->background.next));

    spin_lock(&fc->lock);
    fc->mounted = 0;
    fc->connected = 0;
    spin_unlock(&fc->lock);
    up_write(&fc->sbput_sem);
    // Readers of the device find out.
    kill_fasync(&fc->fasync, SIGIO, POLL_IN);
    wake_up_all(&fc->waitq);
    kobject_del(&fc->kobj);
    kobject_put(&fc->kobj);
}

// Stands for the parser of the option string: the options arrive parsed.
static int parse_fuse_opt(const void *opt, struct fuse_mount_data *d)
{
    if (!opt)
        return 0;
    memcpy(d, opt, sizeof(*d));
    return 1;
}

static void fuse_conn_release(struct kobject *kobj)
{
    struct fuse_conn *fc = (struct fuse_conn *)((char *)kobj - offsetof(struct fuse_conn, kobj));

    while (!list_empty(&fc->unused_list)) {
        struct fuse_req *req;
        req = list_entry<&fuse_req::list>(fc->unused_list.next);
        list_del(&req->list);
        fuse_request_free(req);
    }
    kfree(fc);
}

static const struct kobj_type ktype_fuse_conn = {
    .release = fuse_conn_release,
};

static struct fuse_conn *new_conn(unsigned pool_size)
{
    struct fuse_conn *fc;

    fc = (struct fuse_conn *)kzalloc(sizeof(*fc), GFP_KERNEL);
    if (fc) {
        unsigned i;
        spin_lock_init(&fc->lock);
        init_waitqueue_head(&fc->waitq);
        INIT_LIST_HEAD(&fc->pending);
        INIT_LIST_HEAD(&fc->processing);
        INIT_LIST_HEAD(&fc->io);
        INIT_LIST_HEAD(&fc->unused_list);
        INIT_LIST_HEAD(&fc->background);
        // INIT alone, until it is answered.
        sema_init(&fc->outstanding_sem, 1);
        init_rwsem(&fc->sbput_sem);
        fc->kobj.ktype = &ktype_fuse_conn;
        kobject_init(&fc->kobj);
        atomic_set(&fc->num_waiting, 0);
        fc->pool_size = pool_size;
        for (i = 0; i < pool_size; i++) {
            struct fuse_req *req = fuse_request_alloc();
            if (!req) {
                kobject_put(&fc->kobj);
                return nullptr;
            }
            list_add(&req->list, &fc->unused_list);
        }
        fc->bdi.ra_pages = VM_MAX_READAHEAD / PAGE_CACHE_SIZE;
        fc->reqctr = 0;
    }
    return fc;
}

static struct inode *get_root_inode(struct super_block *sb, unsigned mode)
{
    struct fuse_attr attr;
    memset(&attr, 0, sizeof(attr));

    attr.mode = mode;
    attr.ino = FUSE_ROOT_ID;
    attr.nlink = 1;
    return fuse_iget(sb, FUSE_ROOT_ID, &attr);
}

static const struct super_operations fuse_super_operations = {
    .alloc_inode = fuse_alloc_inode,
    .destroy_inode = fuse_destroy_inode,
    .clear_inode = fuse_clear_inode,
    .put_super = fuse_put_super,
    .umount_begin = fuse_umount_begin,
};

static void process_init_reply(struct fuse_conn *fc, struct fuse_req *req)
{
    unsigned i;
    struct fuse_init_out *arg = &req->misc.init_out;

    if (req->out.h.error || arg->major != FUSE_KERNEL_VERSION)
        fc->conn_error = 1;
    else {
        unsigned long ra_pages;

        if (arg->minor >= 6) {
            ra_pages = arg->max_readahead / PAGE_SIZE;
            if (arg->flags & FUSE_ASYNC_READ)
                fc->async_read = 1;
        } else
            ra_pages = fc->max_read / PAGE_SIZE;

        fc->bdi.ra_pages = min((unsigned long)fc->bdi.ra_pages, ra_pages);
        fc->minor = arg->minor;
        fc->max_write = arg->minor < 5 ? 4096 : arg->max_write;
    }

    // The pool is open now. The unit that INIT itself has taken comes back with its request.
    for (i = 1; i < fc->pool_size; i++)
        up(&fc->outstanding_sem);

    fuse_put_request(fc, req);
}

static void fuse_send_init(struct fuse_conn *fc)
{
    // The semaphore's one unit is free, so there is nothing to wait for.
    struct fuse_req *req = fuse_get_request(fc);
    struct fuse_init_in *arg = &req->misc.init_in;
    arg->major = FUSE_KERNEL_VERSION;
    arg->minor = FUSE_KERNEL_MINOR_VERSION;
    arg->max_readahead = fc->bdi.ra_pages * PAGE_SIZE;
    arg->flags |= FUSE_ASYNC_READ;
    req->in.h.opcode = FUSE_INIT;
    req->in.numargs = 1;
    req->in.args[0].size = sizeof(*arg);
    req->in.args[0].value = arg;
    req->out.numargs = 1;
    // Daemons before 7.5 answer with less.
    req->out.argvar = 1;
    req->out.args[0].size = sizeof(struct fuse_init_out);
    req->out.args[0].value = &req->misc.init_out;
    req->end = process_init_reply;
    request_send_background(fc, req);
}

// Never the same twice: the connection's name in sysfs.
static unsigned long conn_id()
{
    return ++conn_ctr.get();
}

int fuse_fill_super(struct super_block *sb, void *data, int)
{
    struct fuse_conn *fc;
    struct inode *root;
    struct fuse_mount_data d;
    struct file *file;
    struct dentry *root_dentry;
    int err;

    if (!parse_fuse_opt(data, &d))
        return -EINVAL;

    sb->s_op = &fuse_super_operations;

    file = d.file;
    get_file(file);

    if (file->f_op != &fuse_dev_operations)
        return -EINVAL;

    // The big kernel lock keeps other mounts away, as long as nobody sleeps.
    if (file->private_data)
        return -EINVAL;

    fc = new_conn(d.pool_size);
    if (!fc)
        return -ENOMEM;

    fc->max_read = d.max_read;

    sb->s_fs_info = fc;

    err = -ENOMEM;
    root = get_root_inode(sb, d.rootmode);
    if (!root)
        goto err;

    root_dentry = d_alloc_root(root);
    if (!root_dentry) {
        iput(root);
        goto err;
    }

    err = kobject_set_name(&fc->kobj, "", conn_id());
    if (err)
        goto err_put_root;

    err = kobject_add(&fc->kobj);
    if (err)
        goto err_put_root;

    sb->s_root = root_dentry;
    fc->mounted = 1;
    fc->connected.write_once(1);
    kobject_get(&fc->kobj);
    file->private_data = fc;
    fput(file);

    fuse_send_init(fc);

    return 0;

err_put_root:
    dput(root_dentry);
err:
    fput(file);
    kobject_put(&fc->kobj);
    return err;
}

static int fuse_fs_init()
{
    fuse_inode_cachep = kmem_cache_create("fuse_inode", sizeof(struct fuse_inode), 0, 0, nullptr, nullptr);
    return fuse_inode_cachep ? 0 : -ENOMEM;
}

static void fuse_fs_cleanup()
{
    kmem_cache_destroy(fuse_inode_cachep);
}

int fuse_init()
{
    int res;

    res = fuse_fs_init();
    if (res)
        goto err;

    res = fuse_dev_init();
    if (res)
        goto err_fs_cleanup;

    return 0;

err_fs_cleanup:
    fuse_fs_cleanup();
err:
    return res;
}

void fuse_exit()
{
    fuse_fs_cleanup();
    fuse_dev_cleanup();
}

} // namespace kernel::fuse
