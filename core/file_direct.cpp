// Reading and writing files without the page cache, after fs/fuse/file.c of Linux 2.6.17.
#include "core/fuse_i.hpp"
#include "sim/kernel/errno.hpp"

namespace kernel::fuse {

static void fuse_release_user_pages(struct fuse_req *req, int write)
{
    unsigned i;

    for (i = 0; i < req->num_pages; i++) {
        struct page *page = req->pages[i];
        if (write)
            set_page_dirty_lock(page);
        put_page(page);
    }
}

static int fuse_get_user_pages(struct fuse_req *req, const char *buf, unsigned nbytes, int write)
{
    unsigned long user_addr = (unsigned long)buf;
    unsigned offset = user_addr % PAGE_SIZE;
    int npages;

    // A kernel thread has no user memory.
    if (!current->mm)
        return -EPERM;

    nbytes = min(nbytes, (unsigned)(FUSE_MAX_PAGES_PER_REQ * PAGE_SIZE));
    npages = (nbytes + offset + PAGE_SIZE - 1) / PAGE_SIZE;
    npages = min(npages, (int)FUSE_MAX_PAGES_PER_REQ);
    down_read(&current->mm->mmap_sem);
    npages = get_user_pages(current, current->mm, user_addr, npages, write, 0, req->pages, nullptr);
    up_read(&current->mm->mmap_sem);
    if (npages < 0)
        return npages;

    req->num_pages = npages;
    req->page_offset = offset;
    return 0;
}

static ssize_t fuse_direct_io(struct file *file, const char *buf, size_t count, loff_t *ppos, int write)
{
    struct inode *inode = file->f_dentry->d_inode;
    struct fuse_conn *fc = get_fuse_conn(inode);
    size_t nmax = write ? (size_t)fc->max_write : (size_t)fc->max_read;
    loff_t pos = *ppos;
    ssize_t res = 0;
    struct fuse_req *req;

    if (is_bad_inode(inode))
        return -EIO;

    req = fuse_get_request(fc);
    if (!req)
        return -EINTR;

    while (count) {
        size_t nres;
        size_t nbytes = min(count, nmax);
        int err = fuse_get_user_pages(req, buf, nbytes, !write);
        if (err) {
            res = err;
            break;
        }
        nbytes = req->num_pages * PAGE_SIZE - req->page_offset;
        nbytes = min(count, nbytes);
        if (write)
            nres = fuse_send_write(req, file, inode, pos, nbytes);
        else
            nres = fuse_send_read(req, file, inode, pos, nbytes);
        fuse_release_user_pages(req, !write);
        if (req->out.h.error) {
            if (!res)
                res = req->out.h.error;
            break;
        } else if (nres > nbytes) {
            res = -EIO;
            break;
        }
        count -= nres;
        res += nres;
        pos += nres;
        buf += nres;
        if (nres != nbytes)
            break;
        if (count)
            fuse_reset_request(req);
    }
    fuse_put_request(fc, req);
    if (res > 0) {
        if (write && (u64)pos > i_size_read(inode))
            i_size_write(inode, pos);
        *ppos = pos;
    }

    return res;
}

ssize_t fuse_direct_read(struct file *file, char *buf, size_t count, loff_t *ppos)
{
    return fuse_direct_io(file, buf, count, ppos, 0);
}

ssize_t fuse_direct_write(struct file *file, const char *buf, size_t count, loff_t *ppos)
{
    struct inode *inode = file->f_dentry->d_inode;
    ssize_t res;
    // One writer of a file at a time.
    mutex_lock(&inode->i_mutex);
    res = fuse_direct_io(file, buf, count, ppos, 1);
    mutex_unlock(&inode->i_mutex);
    return res;
}

} // namespace kernel::fuse
