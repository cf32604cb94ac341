// The structures of the file system and the functions its files offer each other.
#pragma once

#include "core/fuse.hpp"
#include "sim/kernel/atomic.hpp"
#include "sim/kernel/fasync.hpp"
#include "sim/kernel/fs.hpp"
#include "sim/kernel/kobject.hpp"
#include "sim/kernel/list.hpp"
#include "sim/kernel/lockless.hpp"
#include "sim/kernel/mm.hpp"
#include "sim/kernel/rwsem.hpp"
#include "sim/kernel/semaphore.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/kernel/string.hpp"
#include "sim/kernel/wait.hpp"

namespace kernel::fuse {

inline constexpr unsigned FUSE_MAX_PAGES_PER_REQ = 32;

struct fuse_conn;
struct fuse_req;

struct fuse_inode {
    struct inode inode; // first: the VFS knows the object by its address

    // What the daemon calls the inode; never changes once the inode is unlocked.
    u64 nodeid;

    // How many times the daemon has handed it out: what FORGET gives back.
    u64 nlookup;

    // Made with the inode, so that FORGET never fails for want of memory; null once it is sent.
    struct fuse_req *forget_req;
};

struct fuse_file {
    // Made with the file, so that RELEASE never fails for want of memory.
    struct fuse_req *release_req;

    // The daemon's own name for the open file.
    u64 fh;
};

struct fuse_in_arg {
    unsigned size;
    const void *value;
};

struct fuse_in {
    struct fuse_in_header h;
    unsigned argpages : 1; // the last argument is in the pages
    unsigned numargs;
    struct fuse_in_arg args[3];
};

struct fuse_arg {
    unsigned size;
    void *value;
};

struct fuse_out {
    struct fuse_out_header h;
    unsigned argvar : 1;       // the last argument may be shorter than its size
    unsigned argpages : 1;     // the last argument goes to the pages
    unsigned page_zeroing : 1; // what a short reply leaves of the pages is zeroed
    unsigned numargs;
    struct fuse_arg args[3];
};

enum fuse_req_state { FUSE_REQ_INIT = 0, FUSE_REQ_PENDING, FUSE_REQ_READING, FUSE_REQ_SENT, FUSE_REQ_FINISHED };

struct fuse_req {
    // On one of the connection's lists but background; protected by fc->lock.
    struct list_head list;

    // On fc->background.
    struct list_head bg_entry;

    atomic_t count;

    // One word. Each bit is set before the request is queued, or under fc->lock.
    unsigned isreply : 1;      // the daemon is to answer
    unsigned preallocated : 1; // from the connection's pool
    unsigned interrupted : 1;  // the requester has left, or an abort has ended it; never cleared
    unsigned background : 1;   // holds references of its own to inodes and file

    // Data is being copied to or from the arguments. Lockless: the waits for its end test it in their conditions;
    // whoever changes it holds fc->lock.
    lockless<unsigned, writers::locked> locked;

    // Lockless: the requester's wait tests it in its condition; whoever changes it holds fc->lock.
    lockless<enum fuse_req_state, writers::locked> state;

    struct fuse_in in;
    struct fuse_out out;

    // The requester, or an aborter that waits for !locked.
    wait_queue_head_t waitq;

    // Arguments that live as long as the request.
    union {
        struct fuse_forget_in forget_in;
        struct fuse_release_in release_in;
        struct fuse_init_in init_in;
        struct fuse_init_out init_out;
        struct fuse_read_in read_in;
    } misc;

    struct page *pages[FUSE_MAX_PAGES_PER_REQ];
    unsigned num_pages;
    unsigned page_offset; // of the data in the first page

    // Borrowed from the requester until background_request() takes references.
    struct inode *inode;
    struct inode *inode2;
    struct file *file;

    // Called once when a background request is finished, and then owns the reference.
    callback<void(struct fuse_conn *, struct fuse_req *)> end;
};

// A mounted file system and its device. Alive while its kobject is referenced: by superblock, device file and open
// control attributes.
struct fuse_conn {
    // Protects the lists, the requests' flags and states, reqctr, outstanding_debt and connected.
    spinlock_t lock;

    // Requests in the pool. Never changes.
    unsigned pool_size;

    // Most bytes of a READ. Never changes.
    unsigned max_read;

    // Most bytes of a WRITE. process_init_reply() stores it once, before it lets other requests go.
    unsigned max_write;

    // Pages to read ahead. As max_write.
    struct backing_dev_info bdi;

    // Readers of the device sleep here.
    wait_queue_head_t waitq;

    struct list_head pending;    // not read yet
    struct list_head processing; // read and not answered
    struct list_head io;         // being copied
    struct list_head background; // by bg_entry
    struct list_head unused_list;

    // A unit for each request that may be under way, 1 until INIT is answered.
    struct semaphore outstanding_sem;

    // Units taken from outstanding_sem that it did not have.
    unsigned outstanding_debt;

    // Written by put_super alone, read by whoever releases the references of a background request.
    struct rw_semaphore sbput_sem;

    // The unique ID given last.
    u64 reqctr;

    // The superblock is there. Protected by sbput_sem.
    unsigned mounted;

    // Goes from 1 to 0 once: device closed, aborted or unmounted. Lockless: fuse_release_end() reads it.
    // fuse_fill_super() sets it by write_once(), without fc->lock, when kobject_add() has made the connection reachable,
    // yet only for fuse_abort_conn(), which reads it in the step of its acquire and writes it only when it was set:
    // writers::locked loses nothing.
    lockless<unsigned, writers::locked> connected;

    // INIT failed. As max_write: without the lock under which request_send() reads it, but before its unit of
    // outstanding_sem.
    unsigned conn_error : 1;

    // Reads of the page cache need not wait. As max_write.
    unsigned async_read : 1;

    // The daemon knows no FLUSH. Lockless: only ever set, and to be late costs one FLUSH.
    lockless<unsigned> no_flush;

    // The daemon knows no FSYNC, no FSYNCDIR, no SETXATTR, no CREATE. Lockless: as no_flush.
    lockless<unsigned> no_fsync;
    lockless<unsigned> no_fsyncdir;
    lockless<unsigned> no_setxattr;
    lockless<unsigned> no_create;

    // Requests in use, and tasks that wait for one.
    atomic_t num_waiting;

    // The daemon's minor version. As max_write.
    unsigned minor;

    struct kobject kobj;

    // Who wants SIGIO from the device.
    struct fasync_struct *fasync;
};

// Options of a mount.
struct fuse_mount_data {
    struct file *file;  // the device, as the descriptor in the options would give it
    unsigned rootmode;  // file type of the root
    unsigned max_read;  // bytes
    unsigned pool_size; // requests; 10 in 2006
};

[[gnu::always_inline]] inline struct fuse_conn *get_fuse_conn_super(struct super_block *sb)
{
    return (struct fuse_conn *)sb->s_fs_info;
}

[[gnu::always_inline]] inline struct fuse_conn *get_fuse_conn(struct inode *inode)
{
    return get_fuse_conn_super(inode->i_sb);
}

[[gnu::always_inline]] inline struct fuse_inode *get_fuse_inode(struct inode *inode)
{
    return (struct fuse_inode *)inode;
}

[[gnu::always_inline]] inline u64 get_node_id(struct inode *inode)
{
    return get_fuse_inode(inode)->nodeid;
}

// The device.
extern const struct file_operations fuse_dev_operations;
int fuse_dev_init();
void fuse_dev_cleanup();

// Requests (dev.cpp).
struct fuse_req *fuse_request_alloc();
void fuse_request_free(struct fuse_req *req);
// Makes a request as new. REQUIRES: the caller's reference is the only one.
void fuse_reset_request(struct fuse_req *req);
// Waits for a request of the pool; null when SIGKILL came first.
struct fuse_req *fuse_get_request(struct fuse_conn *fc);
void fuse_put_request(struct fuse_conn *fc, struct fuse_req *req);
// Sends and waits; the result is in out.h.error.
void request_send(struct fuse_conn *fc, struct fuse_req *req);
// Sends; the reference is the transport's from now on.
void request_send_noreply(struct fuse_conn *fc, struct fuse_req *req);
void request_send_background(struct fuse_conn *fc, struct fuse_req *req);
// Drops what background_request() took.
void fuse_release_background(struct fuse_conn *fc, struct fuse_req *req);
// Ends every request and cuts off the daemon.
void fuse_abort_conn(struct fuse_conn *fc);

// Mounts and inodes (inode.cpp).
int fuse_init();
void fuse_exit();
// Makes the root and the connection of a new superblock; the caller has the big kernel lock. 0 or a negative errno.
int fuse_fill_super(struct super_block *sb, void *data, int silent);
// The inode with a reference, counted as one more lookup; null when out of memory.
struct inode *fuse_iget(struct super_block *sb, u64 nodeid, struct fuse_attr *attr);
void fuse_change_attributes(struct inode *inode, struct fuse_attr *attr);
// Sends FORGET in the given request, which is gone then.
void fuse_send_forget(struct fuse_conn *fc, struct fuse_req *req, u64 nodeid, u64 nlookup);

// Files (file.cpp).
struct fuse_file *fuse_file_alloc();
void fuse_file_free(struct fuse_file *ff);
void fuse_finish_open(struct inode *inode, struct file *file, struct fuse_file *ff, struct fuse_open_out *outarg);
int fuse_fsync_common(struct file *file, struct dentry *de, int datasync, int isdir);
int fuse_open_common(struct inode *inode, struct file *file, int isdir);
int fuse_release_common(struct inode *inode, struct file *file, int isdir);
// Sends RELEASE and frees the fuse_file. Without an inode FORGET follows it.
void fuse_send_release(struct fuse_conn *fc, struct fuse_file *ff, u64 nodeid, struct inode *inode, int flags,
                       int isdir);
void fuse_init_file_inode(struct inode *inode);

// Files by way of the page cache (file_pages.cpp).
extern const struct address_space_operations fuse_file_aops;
void fuse_read_fill(struct fuse_req *req, struct file *file, struct inode *inode, loff_t pos, size_t count,
                    int opcode);
// Both send and wait, and return the bytes that the reply has or tells of.
size_t fuse_send_read(struct fuse_req *req, struct file *file, struct inode *inode, loff_t pos, size_t count);
size_t fuse_send_write(struct fuse_req *req, struct file *file, struct inode *inode, loff_t pos, size_t count);
int fuse_file_mmap(struct file *file, struct vm_area_struct *vma);

// Files without the page cache (file_direct.cpp).
ssize_t fuse_direct_read(struct file *file, char *buf, size_t count, loff_t *ppos);
ssize_t fuse_direct_write(struct file *file, const char *buf, size_t count, loff_t *ppos);

// Directories (dir.cpp).
void fuse_init_dir(struct inode *inode);

// Attributes (dir_attributes.cpp).
void fuse_init_common(struct inode *inode);
int fuse_do_getattr(struct inode *inode);
int fuse_setxattr(struct dentry *entry, const char *name, const void *value, size_t size, int flags);

// The control attributes of a connection (control.cpp). Their openers hold a reference to fc->kobj.
int fuse_conn_waiting_show(struct fuse_conn *fc);
ssize_t fuse_conn_abort_store(struct fuse_conn *fc, const char *page, size_t count);

} // namespace kernel::fuse
