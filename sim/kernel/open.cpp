// Opening files.
#include <cerrno>

#include "sim/kernel/err.hpp"
#include "sim/kernel/fs.hpp"

namespace kernel {

int generic_file_open(inode *node, file *filp)
{
    if ((filp->f_flags & LARGEFILE) == 0 && i_size_read(node) > MAX_NON_LFS)
        return -EFBIG;
    return 0;
}

// __dentry_open: the file takes over the references to entry and mount, and is gone if it cannot be opened.
static int open_entry(file *filp, dentry *entry, vfsmount *mount, int (*open)(inode *, file *), const place &where)
{
    inode *node = entry->d_inode;
    filp->f_dentry = entry;
    filp->f_vfsmnt = mount;
    filp->f_inode = node;
    filp->f_op = node->i_fop;
    int err = open != nullptr ? open(node, filp) : 0;
    if (err == 0)
        return 0;
    filp->f_dentry = nullptr;
    filp->f_vfsmnt = nullptr;
    put_filp(filp, where);
    dput(entry, where);
    mntput(mount, where);
    return err;
}

file *lookup_instantiate_filp(nameidata *nd, dentry *entry, int (*open)(inode *, file *), place where)
{
    file *filp = nd->intent.open.file;
    filp->f_flags = nd->intent.open.flags;
    int err = open_entry(filp, dget(entry, where), mntget(nd->mnt, where), open, where);
    if (err != 0)
        nd->intent.open.file = static_cast<file *>(ERR_PTR(err));
    return nd->intent.open.file;
}

} // namespace kernel
