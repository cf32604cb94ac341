// The request transport and its device: fs/fuse/dev.c of Linux 2.6.17, (C) 2001-2006 Miklos Szeredi, GPL.
#include "core/fuse_i.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/module_variable.hpp"
#include "sim/kernel/poll.hpp"
#include "sim/kernel/signal.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/stubs.hpp"
#include "sim/kernel/uio.hpp"

namespace kernel::fuse {

static per_world<kmem_cache_t *> fuse_req_cachep;

// Mounting sets the field once, and it stays until the file is released: no lock.
static struct fuse_conn *fuse_get_conn(struct file *file)
{
    return (struct fuse_conn *)(void *)file->private_data;
}

static void fuse_request_init(struct fuse_req *req)
{
    memset(req, 0, sizeof(*req));
    INIT_LIST_HEAD(&req->list);
    init_waitqueue_head(&req->waitq);
    atomic_set(&req->count, 1);
}

struct fuse_req *fuse_request_alloc()
{
    struct fuse_req *req = (struct fuse_req *)kmem_cache_alloc(fuse_req_cachep, SLAB_KERNEL);
    if (req)
        fuse_request_init(req);
    return req;
}

void fuse_request_free(struct fuse_req *req)
{
    kmem_cache_free(fuse_req_cachep, req);
}

static void block_sigs(sigset_t *oldset)
{
    sigset_t mask;
    siginitsetinv(&mask, sigmask(SIGKILL));
    sigprocmask(SIG_BLOCK, &mask, oldset);
}

static void restore_sigs(sigset_t *oldset)
{
    sigprocmask(SIG_SETMASK, oldset, nullptr);
}

// Whoever else still had a reference would see the request change under it.
void fuse_reset_request(struct fuse_req *req)
{
    int preallocated = req->preallocated;
    BUG_ON(atomic_read(&req->count) != 1);
    fuse_request_init(req);
    req->preallocated = preallocated;
}

static void __fuse_get_request(struct fuse_req *req)
{
    atomic_inc(&req->count);
}

// Drops a reference that is not the last.
static void __fuse_put_request(struct fuse_req *req)
{
    BUG_ON(atomic_read(&req->count) < 2);
    atomic_dec(&req->count);
}

static struct fuse_req *do_get_request(struct fuse_conn *fc)
{
    struct fuse_req *req;
    spin_lock(&fc->lock);
    BUG_ON(list_empty(&fc->unused_list));
    req = list_entry<&fuse_req::list>(fc->unused_list.next);
    list_del_init(&req->list);
    spin_unlock(&fc->lock);
    fuse_request_init(req);
    req->preallocated = 1;
    req->in.h.uid = current->fsuid;
    req->in.h.gid = current->fsgid;
    req->in.h.pid = current->pid;
    return req;
}

// No signal but SIGKILL makes this return null.
struct fuse_req *fuse_get_request(struct fuse_conn *fc)
{
    int intr;
    sigset_t oldset;
    atomic_inc(&fc->num_waiting);
    block_sigs(&oldset);
    intr = down_interruptible(&fc->outstanding_sem);
    restore_sigs(&oldset);
    if (intr) {
        atomic_dec(&fc->num_waiting);
        return nullptr;
    }
    return do_get_request(fc);
}

// Called with fc->lock held.
static void fuse_putback_request(struct fuse_conn *fc, struct fuse_req *req)
{
    lockdep_assert_held(&fc->lock);
    if (req->preallocated) {
        atomic_dec(&fc->num_waiting);
        list_add(&req->list, &fc->unused_list);
    } else
        fuse_request_free(req);
    // What was borrowed from the semaphore is paid back first.
    if (fc->outstanding_debt)
        fc->outstanding_debt--;
    else
        up(&fc->outstanding_sem);
}

void fuse_put_request(struct fuse_conn *fc, struct fuse_req *req)
{
    if (atomic_dec_and_test(&req->count)) {
        spin_lock(&fc->lock);
        fuse_putback_request(fc, req);
        spin_unlock(&fc->lock);
    }
}

static void fuse_put_request_locked(struct fuse_conn *fc, struct fuse_req *req)
{
    if (atomic_dec_and_test(&req->count))
        fuse_putback_request(fc, req);
}

void fuse_release_background(struct fuse_conn *fc, struct fuse_req *req)
{
    iput(req->inode);
    iput(req->inode2);
    if (req->file)
        fput(req->file);
    spin_lock(&fc->lock);
    list_del(&req->bg_entry);
    spin_unlock(&fc->lock);
}

// Every request that was queued, or could not be, ends here, but for those whose requester took them back and
// those that end_io_requests() ended before their copier gets here. A background request gives up its inodes
// and file; its reference goes to `end`, or is dropped.
//
// A foreground request loses the transport's reference before the lock does: the requester may reset the
// request as soon as it sees it finished, and must then be its only owner.
//
// Called with fc->lock held. Releases it.
static void request_end(struct fuse_conn *fc, struct fuse_req *req)
{
    lockdep_assert_held(&fc->lock);
    list_del(&req->list);
    req->state = FUSE_REQ_FINISHED;
    if (!req->background) {
        wake_up(&req->waitq);
        fuse_put_request_locked(fc, req);
        spin_unlock(&fc->lock);
    } else {
        callback<void(struct fuse_conn *, struct fuse_req *)> end = req->end;
        req->end = nullptr;
        spin_unlock(&fc->lock);
        down_read(&fc->sbput_sem);
        if (fc->mounted)
            fuse_release_background(fc, req);
        up_read(&fc->sbput_sem);
        if (end)
            end(fc, req);
        else
            fuse_put_request(fc, req);
    }
}

// A killed requester lets go of its locks and objects while the daemon still works on what it asked for. Were
// the objects to go, FORGET and RELEASE would overtake the answer: so a request that was sent gets references
// of its own, until it is answered or put_super drops them. Asynchronous requests start that way.
static void background_request(struct fuse_conn *fc, struct fuse_req *req)
{
    req->background = 1;
    list_add(&req->bg_entry, &fc->background);
    if (req->inode)
        req->inode = igrab(req->inode);
    if (req->inode2)
        req->inode2 = igrab(req->inode2);
    if (req->file)
        get_file(req->file);
}

// Called with fc->lock held. Releases it in between.
static void request_wait_answer(struct fuse_conn *fc, struct fuse_req *req)
{
    lockdep_assert_held(&fc->lock);
    sigset_t oldset;
    spin_unlock(&fc->lock);
    block_sigs(&oldset);
    wait_event_interruptible(req->waitq, [&] { return req->state == FUSE_REQ_FINISHED; });
    restore_sigs(&oldset);
    spin_lock(&fc->lock);
    if (req->state == FUSE_REQ_FINISHED && !req->interrupted)
        return;
    if (!req->interrupted) {
        req->out.h.error = -EINTR;
        req->interrupted = 1;
    }
    if (req->locked) {
        // The arguments may lie in the caller's stack. No signal ends this wait, so nothing that a locked
        // request's copier does may depend on this file system.
        spin_unlock(&fc->lock);
        wait_event(req->waitq, [&] { return !req->locked; });
        spin_lock(&fc->lock);
    }
    if (req->state == FUSE_REQ_PENDING) {
        list_del(&req->list);
        __fuse_put_request(req);
    } else if (req->state == FUSE_REQ_SENT)
        background_request(fc, req);
}

static unsigned len_args(unsigned numargs, struct fuse_arg *args)
{
    unsigned nbytes = 0;
    unsigned i;
    for (i = 0; i < numargs; i++)
        nbytes += args[i].size;
    return nbytes;
}

static void queue_request(struct fuse_conn *fc, struct fuse_req *req)
{
    fc->reqctr++;
    // 0 names no request.
    if (fc->reqctr == 0)
        fc->reqctr = 1;
    req->in.h.unique = fc->reqctr;
    req->in.h.len = sizeof(struct fuse_in_header) + len_args(req->in.numargs, (struct fuse_arg *)req->in.args);
    if (!req->preallocated) {
        // FORGET and RELEASE count too, or open files could pile up without bound at a daemon that is behind.
        // They never wait: what the semaphore lacks becomes debt.
        if (down_trylock(&fc->outstanding_sem))
            fc->outstanding_debt++;
    }
    list_add_tail(&req->list, &fc->pending);
    req->state = FUSE_REQ_PENDING;
    wake_up(&fc->waitq);
    kill_fasync(&fc->fasync, SIGIO, POLL_IN);
}

// No signal but SIGKILL ends the wait.
void request_send(struct fuse_conn *fc, struct fuse_req *req)
{
    req->isreply = 1;
    spin_lock(&fc->lock);
    if (!fc->connected)
        req->out.h.error = -ENOTCONN;
    else if (fc->conn_error)
        req->out.h.error = -ECONNREFUSED;
    else {
        queue_request(fc, req);
        // request_end() consumes one; the caller keeps this.
        __fuse_get_request(req);
        request_wait_answer(fc, req);
    }
    spin_unlock(&fc->lock);
}

static void request_send_nowait(struct fuse_conn *fc, struct fuse_req *req)
{
    spin_lock(&fc->lock);
    if (fc->connected) {
        queue_request(fc, req);
        spin_unlock(&fc->lock);
    } else {
        req->out.h.error = -ENOTCONN;
        request_end(fc, req);
    }
}

void request_send_noreply(struct fuse_conn *fc, struct fuse_req *req)
{
    req->isreply = 0;
    request_send_nowait(fc, req);
}

void request_send_background(struct fuse_conn *fc, struct fuse_req *req)
{
    req->isreply = 1;
    spin_lock(&fc->lock);
    background_request(fc, req);
    spin_unlock(&fc->lock);
    request_send_nowait(fc, req);
}

// No page fault from here to unlock_request(). Fails when the requester no longer wants the copy.
static int lock_request(struct fuse_conn *fc, struct fuse_req *req)
{
    int err = 0;
    if (req) {
        spin_lock(&fc->lock);
        if (req->interrupted)
            err = -ENOENT;
        else
            req->locked = 1;
        spin_unlock(&fc->lock);
    }
    return err;
}

// Whoever interrupted the request meanwhile waits for this.
static void unlock_request(struct fuse_conn *fc, struct fuse_req *req)
{
    if (req) {
        spin_lock(&fc->lock);
        req->locked = 0;
        if (req->interrupted)
            wake_up(&req->waitq);
        spin_unlock(&fc->lock);
    }
}

struct fuse_copy_state {
    struct fuse_conn *fc;
    int write;
    struct fuse_req *req;
    const struct iovec *iov;
    unsigned long nr_segs;
    unsigned long seglen;
    unsigned long addr;
    struct page *pg;
    void *mapaddr;
    void *buf;
    unsigned len;
};

static void fuse_copy_init(struct fuse_copy_state *cs, struct fuse_conn *fc, int write, struct fuse_req *req,
                           const struct iovec *iov, unsigned long nr_segs)
{
    memset(cs, 0, sizeof(*cs));
    cs->fc = fc;
    cs->write = write;
    cs->req = req;
    cs->iov = iov;
    cs->nr_segs = nr_segs;
}

// Lets go of the mapped page of the user's buffer.
static void fuse_copy_finish(struct fuse_copy_state *cs)
{
    if (cs->mapaddr) {
        kunmap_atomic(cs->mapaddr, KM_USER0);
        if (cs->write) {
            flush_dcache_page(cs->pg);
            set_page_dirty_lock(cs->pg);
        }
        put_page(cs->pg);
        cs->mapaddr = nullptr;
    }
}

// Maps the next page of the user's buffer. The fault, if there is one, happens with the request unlocked.
static int fuse_copy_fill(struct fuse_copy_state *cs)
{
    unsigned long offset;
    int err;
    unlock_request(cs->fc, cs->req);
    fuse_copy_finish(cs);
    if (!cs->seglen) {
        BUG_ON(!cs->nr_segs);
        cs->seglen = cs->iov[0].iov_len;
        cs->addr = (unsigned long)cs->iov[0].iov_base;
        cs->iov++;
        cs->nr_segs--;
    }
    down_read(&current->mm->mmap_sem);
    err = get_user_pages(current, current->mm, cs->addr, 1, cs->write, 0, &cs->pg, nullptr);
    up_read(&current->mm->mmap_sem);
    if (err < 0)
        return err;
    BUG_ON(err != 1);
    offset = cs->addr % PAGE_SIZE;
    cs->mapaddr = kmap_atomic(cs->pg, KM_USER0);
    cs->buf = (char *)cs->mapaddr + offset;
    cs->len = min(PAGE_SIZE - offset, cs->seglen);
    cs->seglen -= cs->len;
    cs->addr += cs->len;
    return lock_request(cs->fc, cs->req);
}

// Copies what both sides have room for.
static int fuse_copy_do(struct fuse_copy_state *cs, void **val, unsigned *size)
{
    unsigned ncpy = min(*size, cs->len);
    if (val) {
        if (cs->write)
            memcpy(cs->buf, *val, ncpy);
        else
            memcpy(*val, cs->buf, ncpy);
        *val = (char *)*val + ncpy;
    }
    *size -= ncpy;
    cs->len -= ncpy;
    cs->buf = (char *)cs->buf + ncpy;
    return ncpy;
}

// Copies one of the request's pages. Neither side may fault while both are mapped.
static int fuse_copy_page(struct fuse_copy_state *cs, struct page *page, unsigned offset, unsigned count, int zeroing)
{
    if (page && zeroing && count < PAGE_SIZE) {
        void *mapaddr = kmap_atomic(page, KM_USER1);
        memset(mapaddr, 0, PAGE_SIZE);
        kunmap_atomic(mapaddr, KM_USER1);
    }
    while (count) {
        int err;
        if (!cs->len && (err = fuse_copy_fill(cs)))
            return err;
        if (page) {
            void *mapaddr = kmap_atomic(page, KM_USER1);
            void *buf = (char *)mapaddr + offset;
            offset += fuse_copy_do(cs, &buf, &count);
            kunmap_atomic(mapaddr, KM_USER1);
        } else
            offset += fuse_copy_do(cs, nullptr, &count);
    }
    if (page && !cs->write)
        flush_dcache_page(page);
    return 0;
}

static int fuse_copy_pages(struct fuse_copy_state *cs, unsigned nbytes, int zeroing)
{
    unsigned i;
    struct fuse_req *req = cs->req;
    unsigned offset = req->page_offset;
    unsigned count = min(nbytes, (unsigned)PAGE_SIZE - offset);
    for (i = 0; i < req->num_pages && (nbytes || zeroing); i++) {
        struct page *page = req->pages[i];
        int err = fuse_copy_page(cs, page, offset, count, zeroing);
        if (err)
            return err;
        nbytes -= count;
        count = min(nbytes, (unsigned)PAGE_SIZE);
        offset = 0;
    }
    return 0;
}

static int fuse_copy_one(struct fuse_copy_state *cs, void *val, unsigned size)
{
    while (size) {
        int err;
        if (!cs->len && (err = fuse_copy_fill(cs)))
            return err;
        fuse_copy_do(cs, &val, &size);
    }
    return 0;
}

static int fuse_copy_args(struct fuse_copy_state *cs, unsigned numargs, unsigned argpages, struct fuse_arg *args,
                          int zeroing)
{
    int err = 0;
    unsigned i;
    for (i = 0; !err && i < numargs; i++) {
        struct fuse_arg *arg = &args[i];
        if (i == numargs - 1 && argpages)
            err = fuse_copy_pages(cs, arg->size, zeroing);
        else
            err = fuse_copy_one(cs, arg->value, arg->size);
    }
    return err;
}

// Sleeps until a request is pending, the connection is gone, or a signal comes.
static void request_wait(struct fuse_conn *fc)
{
    wait_queue_t wait = DECLARE_WAITQUEUE(current);
    add_wait_queue_exclusive(&fc->waitq, &wait);
    while (fc->connected && list_empty(&fc->pending)) {
        set_current_state(TASK_INTERRUPTIBLE);
        if (signal_pending(current))
            break;
        spin_unlock(&fc->lock);
        schedule();
        spin_lock(&fc->lock);
    }
    set_current_state(TASK_RUNNING);
    remove_wait_queue(&fc->waitq, &wait);
}

// Hands one request to the daemon, waiting for it. Afterwards it waits for its reply on the processing list,
// unless it wants none, was interrupted, or could not be copied.
static ssize_t fuse_dev_readv(struct file *file, const struct iovec *iov, unsigned long nr_segs, loff_t *)
{
    int err;
    struct fuse_req *req;
    struct fuse_in *in;
    struct fuse_copy_state cs;
    unsigned reqsize;
    struct fuse_conn *fc = fuse_get_conn(file);
    if (!fc)
        return -EPERM;
restart:
    spin_lock(&fc->lock);
    err = -EAGAIN;
    if ((file->f_flags & O_NONBLOCK) && fc->connected && list_empty(&fc->pending))
        goto err_unlock;
    request_wait(fc);
    err = -ENODEV;
    if (!fc->connected)
        goto err_unlock;
    err = -ERESTARTSYS;
    if (list_empty(&fc->pending))
        goto err_unlock;
    req = list_entry<&fuse_req::list>(fc->pending.next);
    req->state = FUSE_REQ_READING;
    list_move(&req->list, &fc->io);
    in = &req->in;
    reqsize = in->h.len;
    // A request that does not fit is its requester's trouble; the daemon gets the next one.
    if (iov_length(iov, nr_segs) < reqsize) {
        req->out.h.error = -EIO;
        // Only SETXATTR's size is up to the user.
        if (in->h.opcode == FUSE_SETXATTR)
            req->out.h.error = -E2BIG;
        request_end(fc, req);
        goto restart;
    }
    spin_unlock(&fc->lock);
    fuse_copy_init(&cs, fc, 1, req, iov, nr_segs);
    err = fuse_copy_one(&cs, &in->h, sizeof(in->h));
    if (!err)
        err = fuse_copy_args(&cs, in->numargs, in->argpages, (struct fuse_arg *)in->args, 0);
    fuse_copy_finish(&cs);
    spin_lock(&fc->lock);
    req->locked = 0;
    if (!err && req->interrupted)
        err = -ENOENT;
    if (err) {
        if (!req->interrupted)
            req->out.h.error = -EIO;
        request_end(fc, req);
        return err;
    }
    if (!req->isreply)
        request_end(fc, req);
    else {
        req->state = FUSE_REQ_SENT;
        list_move_tail(&req->list, &fc->processing);
        spin_unlock(&fc->lock);
    }
    return reqsize;
err_unlock:
    spin_unlock(&fc->lock);
    return err;
}

static ssize_t fuse_dev_read(struct file *file, char *buf, size_t nbytes, loff_t *off)
{
    struct iovec iov;
    iov.iov_len = nbytes;
    iov.iov_base = buf;
    return fuse_dev_readv(file, &iov, 1, off);
}

static struct fuse_req *request_find(struct fuse_conn *fc, u64 unique)
{
    struct list_head *entry;
    for (entry = fc->processing.next; entry != &fc->processing; entry = entry->next) {
        struct fuse_req *req;
        req = list_entry<&fuse_req::list>(entry);
        if (req->in.h.unique == unique)
            return req;
    }
    return nullptr;
}

static int copy_out_args(struct fuse_copy_state *cs, struct fuse_out *out, unsigned nbytes)
{
    unsigned reqsize = sizeof(struct fuse_out_header);
    if (out->h.error)
        return nbytes != reqsize ? -EINVAL : 0;
    reqsize += len_args(out->numargs, out->args);
    if (reqsize < nbytes || (reqsize > nbytes && !out->argvar))
        return -EINVAL;
    else if (reqsize > nbytes) {
        struct fuse_arg *lastarg = &out->args[out->numargs - 1];
        unsigned diffsize = reqsize - nbytes;
        if (diffsize > lastarg->size)
            return -EINVAL;
        lastarg->size -= diffsize;
    }
    return fuse_copy_args(cs, out->numargs, out->argpages, out->args, out->page_zeroing);
}

// Takes one reply. Its header tells which request it answers; the rest is copied with the request on the io
// list, so that no second reply finds it.
static ssize_t fuse_dev_writev(struct file *file, const struct iovec *iov, unsigned long nr_segs, loff_t *)
{
    int err;
    unsigned nbytes = iov_length(iov, nr_segs);
    struct fuse_req *req;
    struct fuse_out_header oh;
    struct fuse_copy_state cs;
    struct fuse_conn *fc = fuse_get_conn(file);
    if (!fc)
        return -ENODEV;
    fuse_copy_init(&cs, fc, 0, nullptr, iov, nr_segs);
    if (nbytes < sizeof(struct fuse_out_header))
        return -EINVAL;
    err = fuse_copy_one(&cs, &oh, sizeof(oh));
    if (err)
        goto err_finish;
    err = -EINVAL;
    if (!oh.unique || oh.error <= -1000 || oh.error > 0 || oh.len != nbytes)
        goto err_finish;
    spin_lock(&fc->lock);
    err = -ENOENT;
    if (!fc->connected)
        goto err_unlock;
    req = request_find(fc, oh.unique);
    err = -EINVAL;
    if (!req)
        goto err_unlock;
    if (req->interrupted) {
        spin_unlock(&fc->lock);
        fuse_copy_finish(&cs);
        spin_lock(&fc->lock);
        request_end(fc, req);
        return -ENOENT;
    }
    list_move(&req->list, &fc->io);
    req->out.h = oh;
    req->locked = 1;
    cs.req = req;
    spin_unlock(&fc->lock);
    err = copy_out_args(&cs, &req->out, nbytes);
    fuse_copy_finish(&cs);
    spin_lock(&fc->lock);
    req->locked = 0;
    if (!err) {
        if (req->interrupted)
            err = -ENOENT;
    } else if (!req->interrupted)
        req->out.h.error = -EIO;
    request_end(fc, req);
    return err ? err : nbytes;
err_unlock:
    spin_unlock(&fc->lock);
err_finish:
    fuse_copy_finish(&cs);
    return err;
}

static ssize_t fuse_dev_write(struct file *file, const char *buf, size_t nbytes, loff_t *off)
{
    struct iovec iov;
    iov.iov_len = nbytes;
    iov.iov_base = (char *)buf;
    return fuse_dev_writev(file, &iov, 1, off);
}

static unsigned fuse_dev_poll(struct file *file, poll_table *wait)
{
    unsigned mask = POLLOUT | POLLWRNORM;
    struct fuse_conn *fc = fuse_get_conn(file);
    if (!fc)
        return POLLERR;
    poll_wait(file, &fc->waitq, wait);
    spin_lock(&fc->lock);
    if (!fc->connected)
        mask = POLLERR;
    else if (!list_empty(&fc->pending))
        mask |= POLLIN | POLLRDNORM;
    spin_unlock(&fc->lock);
    return mask;
}

// Called with fc->lock held. Releases it in between.
static void end_requests(struct fuse_conn *fc, struct list_head *head)
{
    lockdep_assert_held(&fc->lock);
    while (!list_empty(head)) {
        struct fuse_req *req;
        req = list_entry<&fuse_req::list>(head->next);
        req->out.h.error = -ECONNABORTED;
        request_end(fc, req);
        spin_lock(&fc->lock);
    }
}

// Their copiers are at work and will call request_end() when they notice; a requester waits for them to
// unlock. An `end` may free what is being copied, so it has to wait here.
//
// Called with fc->lock held. Releases it in between.
static void end_io_requests(struct fuse_conn *fc)
{
    lockdep_assert_held(&fc->lock);
    while (!list_empty(&fc->io)) {
        struct fuse_req *req = list_entry<&fuse_req::list>(fc->io.next);
        callback<void(struct fuse_conn *, struct fuse_req *)> end = req->end;
        req->interrupted = 1;
        req->out.h.error = -ECONNABORTED;
        req->state = FUSE_REQ_FINISHED;
        list_del_init(&req->list);
        wake_up(&req->waitq);
        if (end) {
            req->end = nullptr;
            // For `end`; the copier still has the other.
            __fuse_get_request(req);
            spin_unlock(&fc->lock);
            wait_event(req->waitq, [&] { return !req->locked; });
            end(fc, req);
            spin_lock(&fc->lock);
        }
    }
}

// The way out of any deadlock with the daemon. With connected 0 nothing gets onto pending or io any more, and
// with interrupted set nothing gets from io onto processing: hence io comes first.
void fuse_abort_conn(struct fuse_conn *fc)
{
    spin_lock(&fc->lock);
    if (fc->connected) {
        fc->connected = 0;
        end_io_requests(fc);
        end_requests(fc, &fc->pending);
        end_requests(fc, &fc->processing);
        wake_up_all(&fc->waitq);
        kill_fasync(&fc->fasync, SIGIO, POLL_IN);
    }
    spin_unlock(&fc->lock);
}

static int fuse_dev_release(struct inode *, struct file *file)
{
    struct fuse_conn *fc = fuse_get_conn(file);
    if (fc) {
        spin_lock(&fc->lock);
        fc->connected = 0;
        end_requests(fc, &fc->pending);
        end_requests(fc, &fc->processing);
        spin_unlock(&fc->lock);
        fasync_helper(-1, file, 0, &fc->fasync);
        kobject_put(&fc->kobj);
    }
    return 0;
}

static int fuse_dev_fasync(int fd, struct file *file, int on)
{
    struct fuse_conn *fc = fuse_get_conn(file);
    if (!fc)
        return -ENODEV;
    // The list has a lock of its own.
    return fasync_helper(fd, file, on, &fc->fasync);
}

const struct file_operations fuse_dev_operations = {
    .owner = THIS_MODULE,
    .llseek = no_llseek,
    .read = fuse_dev_read,
    .readv = fuse_dev_readv,
    .write = fuse_dev_write,
    .writev = fuse_dev_writev,
    .poll = fuse_dev_poll,
    .release = fuse_dev_release,
    .fasync = fuse_dev_fasync,
};

static const struct miscdevice fuse_miscdevice = {
    .minor = FUSE_MINOR,
    .name = "fuse",
    .fops = &fuse_dev_operations,
};

int fuse_dev_init()
{
    int err = -ENOMEM;
    fuse_req_cachep = kmem_cache_create("fuse_request", sizeof(struct fuse_req), 0, 0, nullptr, nullptr);
    if (!fuse_req_cachep)
        goto out;
    err = misc_register(&fuse_miscdevice);
    if (err)
        goto out_cache_clean;
    return 0;
out_cache_clean:
    kmem_cache_destroy(fuse_req_cachep);
out:
    return err;
}

void fuse_dev_cleanup()
{
    misc_deregister(&fuse_miscdevice);
    kmem_cache_destroy(fuse_req_cachep);
}

} // namespace kernel::fuse
