// MODELLED: linux/fs.h, linux/mount.h, linux/dcache.h. Inodes, files, dentries, mounts and superblocks, by their
// reference counts and by what the last reference does.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "sim/kernel/atomic.hpp"
#include "sim/kernel/fasync.hpp"
#include "sim/kernel/list.hpp"
#include "sim/kernel/lockless.hpp"
#include "sim/kernel/mm.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/poll.hpp"

namespace kernel {

struct inode;
struct file;
struct dentry;
struct vfsmount;
struct super_block;
struct nameidata;

// What a mapping of a file is made with.
struct vm_area_struct {
    unsigned long vm_flags;
    fault_handler nopage;
};
inline constexpr unsigned long VM_WRITE = 0x2;
inline constexpr unsigned long VM_SHARED = 0x8;
inline constexpr unsigned long VM_MAYWRITE = 0x20;

struct file_operations {
    const void *owner = nullptr;
    loff_t (*llseek)(file *, loff_t, int) = nullptr;
    ssize_t (*read)(file *, char *, size_t, loff_t *) = nullptr;
    ssize_t (*readv)(file *, const iovec *, unsigned long, loff_t *) = nullptr;
    ssize_t (*write)(file *, const char *, size_t, loff_t *) = nullptr;
    ssize_t (*writev)(file *, const iovec *, unsigned long, loff_t *) = nullptr;
    unsigned (*poll)(file *, poll_table *) = nullptr;
    int (*open)(inode *, file *) = nullptr;
    int (*flush)(file *) = nullptr;
    int (*release)(inode *, file *) = nullptr;
    int (*fsync)(file *, dentry *, int datasync) = nullptr;
    int (*mmap)(file *, vm_area_struct *) = nullptr;
    int (*fasync)(int, file *, int) = nullptr;
};

struct address_space_operations {
    int (*readpage)(file *, page *) = nullptr; // the page is locked; unlocks it, then or when it is read
    int (*readpages)(file *, address_space *, list_head *pages, unsigned count) = nullptr;
    int (*prepare_write)(file *, page *, unsigned from, unsigned to) = nullptr; // the page is locked in both
    int (*commit_write)(file *, page *, unsigned from, unsigned to) = nullptr;
};

struct backing_dev_info {
    unsigned long ra_pages; // to read ahead
};

// The pages of an inode that are in memory.
struct address_space {
    inode *host;
    list_head pages; // by page::lru
    unsigned long nrpages;
    const address_space_operations *a_ops;
    const struct backing_dev_info *backing_dev_info; // null: nothing is read ahead
};

struct inode_operations {
    // The dentry gets its inode by d_add; null for success, as in 2006.
    int (*lookup)(inode *, dentry *) = nullptr;
    // The caller holds the directory's mutex over these; over unlink and link also that of the inode, over rename those
    // of both directories and of the target's inode, over setxattr the inode's own.
    int (*create)(inode *, dentry *, int mode, nameidata *) = nullptr;
    int (*unlink)(inode *, dentry *) = nullptr;
    int (*link)(dentry *old_entry, inode *, dentry *new_entry) = nullptr;
    int (*rename)(inode *old_dir, dentry *old_entry, inode *new_dir, dentry *new_entry) = nullptr;
    int (*setxattr)(dentry *, const char *name, const void *value, size_t bytes, int flags) = nullptr;
    int (*getattr)(inode *) = nullptr;
};

struct dentry_operations {
    // 1 while a cached entry is good, 0 when it must be looked up anew.
    int (*d_revalidate)(dentry *) = nullptr;
};

struct super_operations {
    inode *(*alloc_inode)(super_block *) = nullptr;
    void (*destroy_inode)(inode *) = nullptr;
    void (*clear_inode)(inode *) = nullptr;
    void (*put_super)(super_block *) = nullptr;
    void (*umount_begin)(super_block *) = nullptr;
};

inline constexpr unsigned I_FREEING = 1;
inline constexpr unsigned I_BAD = 2;
inline constexpr unsigned I_NEW = 8;

struct inode {
    atomic_t i_count;
    alignas(8) lockless<unsigned> i_nlink; // lockless: two replies may change it at once; the last one wins
    lockless<unsigned> i_mode;  // lockless: the type never changes, the permissions are a cache
    lockless<u64> i_size;       // bytes. Lockless: i_size_read's seqcount, needless on 64 bits; a cache of the daemon's
    unsigned i_state;           // I_..., changed with the inode lock of the operation
    bool i_hashed;              // can be found by its number
    u64 i_ino;
    super_block *i_sb;
    mutex i_mutex;
    const inode_operations *i_op;
    const file_operations *i_fop;
    address_space i_data;
    list_head i_sb_list; // on the superblock's s_inodes
    wait_queue_head_t i_wait; // for the end of I_NEW or I_FREEING
};

struct dentry {
    atomic_t d_count;
    inode *d_inode;
    dentry *d_parent;
    super_block *d_sb;
    const dentry_operations *d_op; // may be null
    bool d_hashed; // stays cached without references
    char d_name[16];
    list_head d_sb_list; // on the superblock's s_dentries
};

struct vfsmount {
    atomic_t mnt_count;
    super_block *mnt_sb;
    dentry *mnt_root;
    unsigned mnt_number; // in the mount table
};

struct super_block {
    lockless<bool> s_active; // MS_ACTIVE, from the end of fill_super until unmount. Lockless: the last iput of an inode
                             // may run beside an unmount and does not wait for it
    dentry *s_root;
    void *s_fs_info;
    const super_operations *s_op;
    list_head s_inodes;
    list_head s_dentries;
};

struct file {
    atomic_t f_count;
    alignas(8) unsigned f_flags;
    const file_operations *f_op;
    inode *f_inode;      // of a file of a file system: what its dentry leads to; null for a device
    dentry *f_dentry;    // null for a device
    vfsmount *f_vfsmnt;  // null for a device
    task_struct *f_owner; // who gets SIGIO
    // Lockless: set once during mount or open and valid until the file's release.
    lockless<void *> private_data;
};

// Inodes.
// The inode with that number, with a reference; waits for one that is being freed or made. A new one is in state I_NEW
// until unlock_new_inode, without operations. Null when out of memory.
inode *iget_locked(super_block *sb, u64 ino, place where = place::here());
void unlock_new_inode(inode *node, place where = place::here());
void iput(inode *node, place where = place::here()); // may sleep; iput(null) is fine
// Null for an inode that is being freed. Allowed under a spinlock.
inode *igrab(inode *node, place where = place::here());
// Its number no longer finds it.
void make_bad_inode(inode *node, place where = place::here());
bool is_bad_inode(const inode *node, place where = place::here());
// Memory pressure: drops the caller's reference and frees the inode if nobody else holds it. True if it was freed.
bool prune_inode(inode *node, place where = place::here());

[[gnu::always_inline]] inline u64 i_size_read(const inode *node)
{
    return node->i_size;
}

[[gnu::always_inline]] inline void i_size_write(inode *node, u64 bytes, place where = place::here())
{
    node->i_size = {bytes, where};
}

// Dentries.
// An entry holds its parent.
dentry *d_alloc(super_block *sb, dentry *parent, const char *name, place where = place::here());
dentry *d_alloc_root(inode *root, place where = place::here()); // null when out of memory; takes the inode reference
void d_add(dentry *entry, inode *node, place where = place::here());
// Gives a negative entry its inode, with the caller's reference.
void d_instantiate(dentry *entry, inode *node, place where = place::here());
// Takes the entry out of the cache, but a directory that others use: then -EBUSY.
int d_invalidate(dentry *entry, place where = place::here());
// After an unlink: the entry becomes negative if the caller alone uses it, else it leaves the cache.
void d_delete(dentry *entry, place where = place::here());
// After a rename: the entry takes name and place of the target, which leaves the cache.
void d_move(dentry *entry, dentry *target, place where = place::here());
dentry *dget(dentry *entry, place where = place::here());
void dput(dentry *entry, place where = place::here());

// Files.
file *alloc_file(const file_operations *ops, dentry *entry, vfsmount *mount, place where = place::here());
void get_file(file *filp, place where = place::here());
// Frees a file that could not be opened: no release.
void put_filp(file *filp, place where = place::here());
void fput(file *filp, place where = place::here()); // last: release, then dentry, then vfsmount
loff_t no_llseek(file *filp, loff_t offset, int origin);
inline constexpr unsigned LARGEFILE = 0100000; // O_LARGEFILE, which a 64-bit libc defines as 0
inline constexpr u64 MAX_NON_LFS = (u64{1} << 31) - 1;
// -EFBIG for a file above 2 GB that is opened without O_LARGEFILE.
int generic_file_open(inode *node, file *filp);

// What a walk carries to the file system: that the last component is to be created and opened in one go.
inline constexpr unsigned LOOKUP_CREATE = 0x200;
struct nameidata {
    vfsmount *mnt;
    unsigned flags; // LOOKUP_...
    struct {
        struct {
            unsigned flags;
            struct file *file; // allocated before the walk; open once it has a dentry, an error if that failed
        } open;
    } intent;
};
// Opens the entry into the walk's file, with references of its own. The file or an error (linux/err.h), which then
// stands in its place in nd too.
file *lookup_instantiate_filp(nameidata *nd, dentry *entry, int (*open)(inode *, file *), place where = place::here());

// Mounts and superblocks.
super_block *alloc_super(place where = place::here());
vfsmount *make_vfsmount(super_block *sb, place where = place::here());
vfsmount *mntget(vfsmount *mount, place where = place::here());
void mntput(vfsmount *mount, place where = place::here());
// Shuts a superblock down and frees it: generic_shutdown_super. Inodes that are still held are reported.
void destroy_super(super_block *sb, place where = place::here());

// The mount table stands for the name space: a mount is known by its number, as by a path.
inline constexpr unsigned mounts_max = 4;
unsigned attach_mnt(vfsmount *mount);
// path_lookup's part: the mount with a reference, or null when nothing is mounted there.
vfsmount *lookup_mnt(unsigned number, place where = place::here());
// umount(2): -EINVAL when nothing is mounted there, -EBUSY while it is in use, unless lazy. force calls umount_begin
// first.
struct umount_flags {
    bool lazy = false;
    bool force = false;
};
int umount(unsigned number, umount_flags flags, place where = place::here());

} // namespace kernel
