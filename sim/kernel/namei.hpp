// MODELLED: fs/namei.c, fs/open.c, fs/stat.c, fs/xattr.c. System calls on names in a mount: "a", or "D/a" in a folder.
#pragma once

#include "sim/kernel/fs.hpp"

namespace kernel {

// Looks the name up and drops it again. 0 or a negative errno; -ENOENT too when nothing is mounted there.
long sys_stat(unsigned mount, const char *name);
// Reads the attributes of the mount's root. 0 or a negative errno.
long sys_stat_root(unsigned mount);
// A descriptor or a negative errno.
long sys_open(unsigned mount, const char *name);
// open(2) with O_CREAT and without O_EXCL.
long sys_create(unsigned mount, const char *name);
long sys_unlink(unsigned mount, const char *name);
// A second name for a file, both on the same mount.
long sys_link(unsigned mount, const char *old_name, const char *new_name);
// Whether it is the mutex that renames between folders take; for names in reports.
bool is_rename_mutex(const void *object);
long sys_rename(unsigned mount, const char *old_name, const char *new_name);
// The value is copied into a buffer of the kernel's, which is freed when the call ends.
long sys_setxattr(unsigned mount, const char *name, const char *attribute, const void *value, size_t bytes);
// Memory pressure on one name: its unused dentry and inode go. 1 if the inode was freed.
long shrink_name(unsigned mount, const char *name);

} // namespace kernel
