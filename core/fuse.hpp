// The wire protocol between kernel and daemon, version 7.6.
#pragma once

#include "sim/kernel/string.hpp"

namespace kernel::fuse {

inline constexpr u32 FUSE_KERNEL_VERSION = 7;
inline constexpr u32 FUSE_KERNEL_MINOR_VERSION = 6;
inline constexpr u64 FUSE_ROOT_ID = 1;

// Flags of INIT, in both directions.
inline constexpr u32 FUSE_ASYNC_READ = 1 << 0;

// Flags of a reply to OPEN.
inline constexpr u32 FOPEN_DIRECT_IO = 1 << 0;
inline constexpr u32 FOPEN_KEEP_CACHE = 1 << 1;

enum fuse_opcode : u32 {
    FUSE_LOOKUP = 1,
    FUSE_FORGET = 2, // no reply
    FUSE_GETATTR = 3,
    FUSE_SETATTR = 4,
    FUSE_READLINK = 5,
    FUSE_SYMLINK = 6,
    FUSE_MKNOD = 8,
    FUSE_MKDIR = 9,
    FUSE_UNLINK = 10,
    FUSE_RMDIR = 11,
    FUSE_RENAME = 12,
    FUSE_LINK = 13,
    FUSE_OPEN = 14,
    FUSE_READ = 15,
    FUSE_WRITE = 16,
    FUSE_STATFS = 17,
    FUSE_RELEASE = 18,
    FUSE_FSYNC = 20,
    FUSE_SETXATTR = 21,
    FUSE_GETXATTR = 22,
    FUSE_LISTXATTR = 23,
    FUSE_REMOVEXATTR = 24,
    FUSE_FLUSH = 25,
    FUSE_INIT = 26,
    FUSE_OPENDIR = 27,
    FUSE_READDIR = 28,
    FUSE_RELEASEDIR = 29,
    FUSE_FSYNCDIR = 30,
    FUSE_ACCESS = 34,
    FUSE_CREATE = 35,
};

struct fuse_in_header {
    u32 len;
    u32 opcode;
    u64 unique;
    u64 nodeid;
    u32 uid;
    u32 gid;
    u32 pid;
    u32 padding;
};
static_assert(sizeof(fuse_in_header) == 40);

struct fuse_out_header {
    u32 len;
    s32 error; // 0 or a negative errno
    u64 unique;
};
static_assert(sizeof(fuse_out_header) == 16);

struct fuse_attr {
    u64 ino;
    u64 size;
    u64 blocks;
    u64 atime;
    u64 mtime;
    u64 ctime;
    u32 atimensec;
    u32 mtimensec;
    u32 ctimensec;
    u32 mode;
    u32 nlink;
    u32 uid;
    u32 gid;
    u32 rdev;
};
static_assert(sizeof(fuse_attr) == 80);

struct fuse_kstatfs {
    u64 blocks;
    u64 bfree;
    u64 bavail;
    u64 files;
    u64 ffree;
    u32 bsize;
    u32 namelen;
    u32 frsize;
    u32 padding;
    u32 spare[6];
};
static_assert(sizeof(fuse_kstatfs) == 80);

struct fuse_init_in {
    u32 major;
    u32 minor;
    u32 max_readahead;
    u32 flags;
};
static_assert(sizeof(fuse_init_in) == 16);

struct fuse_init_out {
    u32 major;
    u32 minor;
    u32 max_readahead;
    u32 flags;
    u32 unused;
    u32 max_write;
};
static_assert(sizeof(fuse_init_out) == 24);

struct fuse_entry_out {
    u64 nodeid; // 0: there is no such entry
    u64 generation;
    u64 entry_valid;
    u64 attr_valid;
    u32 entry_valid_nsec;
    u32 attr_valid_nsec;
    fuse_attr attr;
};
static_assert(sizeof(fuse_entry_out) == 120);

struct fuse_forget_in {
    u64 nlookup;
};
static_assert(sizeof(fuse_forget_in) == 8);

struct fuse_attr_out {
    u64 attr_valid;
    u32 attr_valid_nsec;
    u32 dummy;
    fuse_attr attr;
};
static_assert(sizeof(fuse_attr_out) == 96);

struct fuse_setattr_in {
    u32 valid;
    u32 padding;
    u64 fh;
    u64 size;
    u64 unused1;
    u64 atime;
    u64 mtime;
    u64 unused2;
    u32 atimensec;
    u32 mtimensec;
    u32 unused3;
    u32 mode;
    u32 unused4;
    u32 uid;
    u32 gid;
    u32 unused5;
};
static_assert(sizeof(fuse_setattr_in) == 88);

struct fuse_mknod_in {
    u32 mode;
    u32 rdev;
};
static_assert(sizeof(fuse_mknod_in) == 8);

struct fuse_mkdir_in {
    u32 mode;
    u32 padding;
};
static_assert(sizeof(fuse_mkdir_in) == 8);

struct fuse_rename_in {
    u64 newdir;
};
static_assert(sizeof(fuse_rename_in) == 8);

struct fuse_link_in {
    u64 oldnodeid;
};
static_assert(sizeof(fuse_link_in) == 8);

struct fuse_open_in {
    u32 flags;
    u32 mode; // of CREATE alone
};
static_assert(sizeof(fuse_open_in) == 8);

struct fuse_open_out {
    u64 fh;
    u32 open_flags;
    u32 padding;
};
static_assert(sizeof(fuse_open_out) == 16);

struct fuse_release_in {
    u64 fh;
    u32 flags;
    u32 padding;
};
static_assert(sizeof(fuse_release_in) == 16);

struct fuse_flush_in {
    u64 fh;
    u32 flush_flags;
    u32 padding;
};
static_assert(sizeof(fuse_flush_in) == 16);

struct fuse_read_in {
    u64 fh;
    u64 offset;
    u32 size;
    u32 padding;
};
static_assert(sizeof(fuse_read_in) == 24);

struct fuse_write_in {
    u64 fh;
    u64 offset;
    u32 size;
    u32 write_flags;
};
static_assert(sizeof(fuse_write_in) == 24);

struct fuse_write_out {
    u32 size;
    u32 padding;
};
static_assert(sizeof(fuse_write_out) == 8);

struct fuse_statfs_out {
    fuse_kstatfs st;
};
static_assert(sizeof(fuse_statfs_out) == 80);

struct fuse_fsync_in {
    u64 fh;
    u32 fsync_flags;
    u32 padding;
};
static_assert(sizeof(fuse_fsync_in) == 16);

struct fuse_setxattr_in {
    u32 size;
    u32 flags;
};
static_assert(sizeof(fuse_setxattr_in) == 8);

struct fuse_getxattr_in {
    u32 size;
    u32 padding;
};
static_assert(sizeof(fuse_getxattr_in) == 8);

struct fuse_getxattr_out {
    u32 size;
    u32 padding;
};
static_assert(sizeof(fuse_getxattr_out) == 8);

struct fuse_access_in {
    u32 mask;
    u32 padding;
};
static_assert(sizeof(fuse_access_in) == 8);

} // namespace kernel::fuse
