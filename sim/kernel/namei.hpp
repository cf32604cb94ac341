// MODELLED: fs/namei.c, fs/open.c, fs/stat.c. System calls on names in the root folder of a mount.
#pragma once

#include "sim/kernel/fs.hpp"

namespace kernel {

// Looks the name up and drops it again. 0 or a negative errno; -ENOENT too when nothing is mounted there.
long sys_stat(unsigned mount, const char *name);
// Reads the attributes of the mount's root. 0 or a negative errno.
long sys_stat_root(unsigned mount);
// A descriptor or a negative errno.
long sys_open(unsigned mount, const char *name);
long sys_unlink(unsigned mount, const char *name);
// Memory pressure on one name: its unused dentry and inode go. 1 if the inode was freed.
long shrink_name(unsigned mount, const char *name);

} // namespace kernel
