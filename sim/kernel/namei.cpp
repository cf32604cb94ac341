// System calls that look names up and open them.
#include "sim/kernel/namei.hpp"

#include <cerrno>

#include "sim/kernel/err.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/path.hpp"
#include "sim/kernel/syscall.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/run.hpp"

namespace kernel {

long sys_stat(unsigned mount, const char *name)
{
    place where = place::here();
    return in_syscall("stat", [&] {
        path walked = walk(mount, name, where);
        leave(walked, where);
        return walked.err;
    });
}

long sys_stat_root(unsigned number)
{
    place where = place::here();
    return in_syscall("stat", [&]() -> long {
        vfsmount *mount = lookup_mnt(number, where);
        if (mount == nullptr)
            return -ENOENT;
        inode *root = mount->mnt_root->d_inode;
        long err = root->i_op->getattr(root);
        mntput(mount, where);
        return err;
    });
}

// dentry_open: the file takes over the references of the walk.
static long open_walked(const path &walked, const place &where)
{
    file *filp = alloc_file(walked.entry->d_inode->i_fop, walked.entry, walked.mount, where);
    if (filp == nullptr) {
        leave(walked, where);
        return -ENFILE;
    }
    if (walked.parent != walked.mount->mnt_root)
        dput(walked.parent, where); // the entry holds it
    long err = filp->f_op->open != nullptr ? filp->f_op->open(filp->f_inode, filp) : 0;
    if (err != 0) {
        put_filp(filp, where);
        return err;
    }
    return install_fd(this_task()->files, filp);
}

long sys_open(unsigned mount, const char *name)
{
    place where = place::here();
    return in_syscall("open", [&] {
        path walked = walk(mount, name, where);
        if (walked.err != 0) {
            leave(walked, where);
            return walked.err;
        }
        return open_walked(walked, where);
    });
}

// open_namei with O_CREAT. The parent's mutex is held over lookup and creation. Sets *opened if the file system opened
// the file in the same go; else the walked entry is to be opened.
static long create_or_find(path &walked, nameidata &nd, bool *opened, const place &where)
{
    inode *dir = walked.parent->d_inode;
    mutex_lock(&dir->i_mutex, where);
    long err = lookup_hash(walked.parent, walked.last, &walked.entry, where);
    if (err == 0 && walked.entry->d_inode == nullptr) {
        err = dir->i_op->create != nullptr ? dir->i_op->create(dir, walked.entry, S_IFREG | 0644, &nd) : -EACCES;
        *opened = err == 0 && nd.intent.open.file->f_dentry != nullptr;
    }
    mutex_unlock(&dir->i_mutex, where);
    return err;
}

long sys_create(unsigned mount, const char *name)
{
    place where = place::here();
    return in_syscall("open", [&]() -> long {
        file *filp = alloc_file(nullptr, nullptr, nullptr, where);
        if (filp == nullptr)
            return -ENFILE;
        path walked = walk_to_parent(mount, name, where);
        nameidata nd{walked.mount, LOOKUP_CREATE, {{O_CREAT, filp}}};
        bool opened = false;
        long err = walked.err;
        if (err == 0)
            err = create_or_find(walked, nd, &opened, where);
        if (!opened && !IS_ERR(nd.intent.open.file))
            put_filp(filp, where); // release_open_intent
        if (err == 0 && !opened)
            return open_walked(walked, where);
        leave(walked, where);
        return err != 0 ? err : install_fd(this_task()->files, filp);
    });
}

long shrink_name(unsigned number, const char *name)
{
    place where = place::here();
    return in_syscall("memory pressure", [&]() -> long {
        vfsmount *mount = lookup_mnt(number, where);
        if (mount == nullptr)
            return 0;
        sim::point_before_operation();
        dentry *entry = find_cached(mount->mnt_root, name);
        inode *node = entry != nullptr ? entry->d_inode : nullptr;
        if (node != nullptr)
            count_reference(&node->i_count);
        bool freed = node != nullptr && prune_inode(node, where);
        mntput(mount, where);
        return freed ? 1 : 0;
    });
}

} // namespace kernel
