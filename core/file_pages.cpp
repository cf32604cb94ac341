// Reading and writing files by way of the page cache, after fs/fuse/file.c of Linux 2.6.17.
#include "core/fuse_i.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/filemap.hpp"

namespace kernel::fuse {

void fuse_read_fill(struct fuse_req *req, struct file *file, struct inode *inode, loff_t pos, size_t count,
                    int opcode)
{
    struct fuse_file *ff = (struct fuse_file *)(void *)file->private_data;
    struct fuse_read_in *inarg = &req->misc.read_in;

    inarg->fh = ff->fh;
    inarg->offset = pos;
    inarg->size = count;
    req->in.h.opcode = opcode;
    req->in.h.nodeid = get_node_id(inode);
    req->inode = inode;
    req->file = file;
    req->in.numargs = 1;
    req->in.args[0].size = sizeof(struct fuse_read_in);
    req->in.args[0].value = inarg;
    req->out.argpages = 1;
    req->out.argvar = 1;
    req->out.numargs = 1;
    req->out.args[0].size = count;
}

size_t fuse_send_read(struct fuse_req *req, struct file *file, struct inode *inode, loff_t pos, size_t count)
{
    struct fuse_conn *fc = get_fuse_conn(inode);
    fuse_read_fill(req, file, inode, pos, count, FUSE_READ);
    request_send(fc, req);
    return req->out.args[0].size;
}

static int fuse_readpage(struct file *file, struct page *page)
{
    struct inode *inode = page->mapping->host;
    struct fuse_conn *fc = get_fuse_conn(inode);
    struct fuse_req *req;
    int err;

    err = -EIO;
    if (is_bad_inode(inode))
        goto out;

    err = -EINTR;
    req = fuse_get_request(fc);
    if (!req)
        goto out;

    req->out.page_zeroing = 1;
    req->num_pages = 1;
    req->pages[0] = page;
    fuse_send_read(req, file, inode, page_offset(page), PAGE_CACHE_SIZE);
    err = req->out.h.error;
    fuse_put_request(fc, req);
    if (!err)
        SetPageUptodate(page);
out:
    unlock_page(page);
    return err;
}

static void fuse_readpages_end(struct fuse_conn *fc, struct fuse_req *req)
{
    unsigned i;

    for (i = 0; i < req->num_pages; i++) {
        struct page *page = req->pages[i];
        if (!req->out.h.error)
            SetPageUptodate(page);
        else
            SetPageError(page);
        unlock_page(page);
    }
    fuse_put_request(fc, req);
}

static void fuse_send_readpages(struct fuse_req *req, struct file *file, struct inode *inode)
{
    struct fuse_conn *fc = get_fuse_conn(inode);
    loff_t pos = page_offset(req->pages[0]);
    size_t count = req->num_pages * PAGE_CACHE_SIZE;
    req->out.page_zeroing = 1;
    fuse_read_fill(req, file, inode, pos, count, FUSE_READ);
    if (fc->async_read) {
        req->end = fuse_readpages_end;
        request_send_background(fc, req);
    } else {
        request_send(fc, req);
        fuse_readpages_end(fc, req);
    }
}

struct fuse_readpages_data {
    struct fuse_req *req;
    struct file *file;
    struct inode *inode;
};

static int fuse_readpages_fill(void *_data, struct page *page)
{
    struct fuse_readpages_data *data = (struct fuse_readpages_data *)_data;
    struct fuse_req *req = data->req;
    struct inode *inode = data->inode;
    struct fuse_conn *fc = get_fuse_conn(inode);

    if (req->num_pages &&
        (req->num_pages == FUSE_MAX_PAGES_PER_REQ || (req->num_pages + 1) * PAGE_CACHE_SIZE > fc->max_read ||
         req->pages[req->num_pages - 1]->index + 1 != page->index)) {
        fuse_send_readpages(req, data->file, inode);
        data->req = req = fuse_get_request(fc);
        if (!req) {
            unlock_page(page);
            return -EINTR;
        }
    }
    req->pages[req->num_pages] = page;
    req->num_pages++;
    return 0;
}

static int fuse_readpages(struct file *file, struct address_space *mapping, struct list_head *pages, unsigned)
{
    struct inode *inode = mapping->host;
    struct fuse_conn *fc = get_fuse_conn(inode);
    struct fuse_readpages_data data;
    int err;

    if (is_bad_inode(inode))
        return -EIO;

    data.file = file;
    data.inode = inode;
    data.req = fuse_get_request(fc);
    if (!data.req)
        return -EINTR;

    err = read_cache_pages(mapping, pages, fuse_readpages_fill, &data);
    if (!err)
        fuse_send_readpages(data.req, file, inode);
    return err;
}

size_t fuse_send_write(struct fuse_req *req, struct file *file, struct inode *inode, loff_t pos, size_t count)
{
    struct fuse_conn *fc = get_fuse_conn(inode);
    struct fuse_file *ff = (struct fuse_file *)(void *)file->private_data;
    struct fuse_write_in inarg;
    struct fuse_write_out outarg;

    memset(&inarg, 0, sizeof(struct fuse_write_in));
    inarg.fh = ff->fh;
    inarg.offset = pos;
    inarg.size = count;
    req->in.h.opcode = FUSE_WRITE;
    req->in.h.nodeid = get_node_id(inode);
    req->inode = inode;
    req->file = file;
    req->in.argpages = 1;
    req->in.numargs = 2;
    req->in.args[0].size = sizeof(struct fuse_write_in);
    req->in.args[0].value = &inarg;
    req->in.args[1].size = count;
    req->out.numargs = 1;
    req->out.args[0].size = sizeof(struct fuse_write_out);
    req->out.args[0].value = &outarg;
    request_send(fc, req);
    return outarg.size;
}

// The page need not be up to date: what is not written is not sent.
static int fuse_prepare_write(struct file *, struct page *, unsigned, unsigned)
{
    return 0;
}

static int fuse_commit_write(struct file *file, struct page *page, unsigned offset, unsigned to)
{
    int err;
    size_t nres;
    unsigned count = to - offset;
    struct inode *inode = page->mapping->host;
    struct fuse_conn *fc = get_fuse_conn(inode);
    loff_t pos = page_offset(page) + offset;
    struct fuse_req *req;

    if (is_bad_inode(inode))
        return -EIO;

    req = fuse_get_request(fc);
    if (!req)
        return -EINTR;

    req->num_pages = 1;
    req->pages[0] = page;
    req->page_offset = offset;
    nres = fuse_send_write(req, file, inode, pos, count);
    err = req->out.h.error;
    fuse_put_request(fc, req);
    if (!err && nres != count)
        err = -EIO;
    if (!err) {
        pos += count;
        if ((u64)pos > i_size_read(inode))
            i_size_write(inode, pos);

        if (offset == 0 && to == PAGE_CACHE_SIZE) {
            clear_page_dirty(page);
            SetPageUptodate(page);
        }
    }
    return err;
}

int fuse_file_mmap(struct file *file, struct vm_area_struct *vma)
{
    if ((vma->vm_flags & VM_SHARED)) {
        if ((vma->vm_flags & VM_WRITE))
            return -ENODEV;
        else
            vma->vm_flags &= ~VM_MAYWRITE;
    }
    return generic_file_mmap(file, vma);
}

const struct address_space_operations fuse_file_aops = {
    .readpage = fuse_readpage,
    .readpages = fuse_readpages,
    .prepare_write = fuse_prepare_write,
    .commit_write = fuse_commit_write,
};

} // namespace kernel::fuse
