// Files, mounts and superblocks.
#include <cerrno>

#include <fmt/format.h>

#include "sim/fault.hpp"
#include "sim/happens_before.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/fs.hpp"
#include "sim/kernel/fs_caches.hpp"
#include "sim/object_name.hpp"
#include "sim/run.hpp"

namespace kernel {

using sim::emit;
using sim::event_kind;
using sim::name_of_object;

static const sim::per_world<fs_cache_set> caches;

const fs_cache_set &fs_caches()
{
    return caches.get();
}

void boot_fs()
{
    caches.get() = {
        kmem_cache_create("dentry_cache", sizeof(dentry), 0, 0, nullptr, nullptr),
        kmem_cache_create("filp", sizeof(file), 0, 0, nullptr, nullptr),
        kmem_cache_create("mnt_cache", sizeof(vfsmount), 0, 0, nullptr, nullptr),
        kmem_cache_create("super_block", sizeof(super_block), 0, 0, nullptr, nullptr),
    };
}

static void take(atomic_t *count, const place &where)
{
    sim::point_before_operation();
    int now = count_reference(count);
    if (now <= 1)
        rule_broken("reference_count", fmt::format("{} gets a reference after its last one was put",
                                                   name_of_object(count)), where);
    emit(event_kind::ref_get, count, static_cast<std::uint64_t>(now), where);
}

static bool drop(atomic_t *count, const place &where)
{
    sim::point_before_operation();
    int left = count_reference(count, -1);
    if (left < 0)
        rule_broken("reference_count", fmt::format("{} is put more often than it was taken", name_of_object(count)),
                    where);
    bool last = left == 0;
    emit(last ? event_kind::ref_last : event_kind::ref_put, count, static_cast<std::uint64_t>(left), where);
    return last;
}

file *alloc_file(const file_operations *ops, dentry *entry, vfsmount *mount, place where)
{
    auto *filp = static_cast<file *>(kmem_cache_alloc(fs_caches().files, GFP_KERNEL, where));
    if (filp == nullptr)
        return nullptr;
    memset(filp, 0, sizeof *filp);
    filp->f_count.counter = 1;
    filp->f_op = ops;
    filp->f_dentry = entry;
    filp->f_vfsmnt = mount;
    filp->f_inode = entry != nullptr ? entry->d_inode : nullptr;
    return filp;
}

void get_file(file *filp, place where)
{
    take(&filp->f_count, where);
}

static void free_file(file *filp, const place &where)
{
    dentry *entry = filp->f_dentry;
    vfsmount *mount = filp->f_vfsmnt;
    kmem_cache_free(fs_caches().files, filp, where);
    dput(entry, where);
    mntput(mount, where);
}

void put_filp(file *filp, place where)
{
    if (drop(&filp->f_count, where))
        free_file(filp, where);
}

void fput(file *filp, place where)
{
    might_sleep(where);
    if (!drop(&filp->f_count, where))
        return;
    // __fput
    if (filp->f_op->release != nullptr)
        filp->f_op->release(filp->f_inode, filp);
    free_file(filp, where);
}

loff_t no_llseek(file *, loff_t, int)
{
    return -ESPIPE;
}

super_block *alloc_super(place where)
{
    auto *sb = static_cast<super_block *>(kmem_cache_alloc(fs_caches().supers, GFP_KERNEL, where));
    if (sb == nullptr)
        return nullptr;
    memset(sb, 0, sizeof *sb);
    INIT_LIST_HEAD(&sb->s_inodes);
    INIT_LIST_HEAD(&sb->s_dentries);
    return sb;
}

// generic_shutdown_super
void destroy_super(super_block *sb, place where)
{
    if (sb->s_root != nullptr) {
        drop_dentries(sb, where);
        sb->s_active = false;
        evict_unused(sb, where);
        lock_kernel(where);
        if (sb->s_op->put_super != nullptr)
            sb->s_op->put_super(sb);
        unlock_kernel(where);
    }
    if (!list_empty(&sb->s_inodes)) {
        auto *node = list_entry<&inode::i_sb_list>(sb->s_inodes.next);
        rule_broken("busy_inodes", fmt::format("{} is in use after unmount", name_of_object(node)), where);
    }
    kmem_cache_free(fs_caches().supers, sb, where);
}

vfsmount *make_vfsmount(super_block *sb, place where)
{
    auto *mount = static_cast<vfsmount *>(kmem_cache_alloc(fs_caches().mounts, GFP_KERNEL, where));
    if (mount == nullptr)
        return nullptr;
    *mount = {};
    mount->mnt_count.counter = 1;
    mount->mnt_sb = sb;
    mount->mnt_root = sb->s_root;
    return mount;
}

vfsmount *mntget(vfsmount *mount, place where)
{
    take(&mount->mnt_count, where);
    return mount;
}

void mntput(vfsmount *mount, place where)
{
    if (mount == nullptr)
        return;
    might_sleep(where);
    if (!drop(&mount->mnt_count, where))
        return;
    super_block *sb = mount->mnt_sb;
    kmem_cache_free(fs_caches().mounts, mount, where);
    destroy_super(sb, where);
}

static const sim::per_world<std::array<vfsmount *, mounts_max>> mount_table;

unsigned attach_mnt(vfsmount *mount)
{
    unsigned number = 0;
    while (number < mounts_max && mount_table.get()[number] != nullptr)
        ++number;
    sim::require(number < mounts_max, "a scenario mounts more than a world has room for");
    mount_table.get()[number] = mount;
    mount->mnt_number = number;
    sim::release(&mount->mnt_count);
    return number;
}

vfsmount *lookup_mnt(unsigned number, place where)
{
    // vfsmount_lock: finding the mount and taking the reference are one operation.
    sim::point_before_operation();
    vfsmount *mount = mount_table.get()[number];
    if (mount == nullptr)
        return nullptr;
    auto count = static_cast<std::uint64_t>(count_reference(&mount->mnt_count));
    emit(event_kind::ref_get, &mount->mnt_count, count, where);
    return mount;
}

const kmem_cache_t &cache_of_user(unsigned mount_number)
{
    const vfsmount *mount = mount_table.get()[mount_number];
    const kmem_cache_t &files = *fs_caches().files;
    for (unsigned i = 0; i < files.object_count; ++i)
        if ((files.live >> i & 1) != 0 && reinterpret_cast<const file *>(files.object(i))->f_vfsmnt == mount)
            return files;
    return *fs_caches().mounts;
}

// Takes the mount out of the table unless it is in use by others than the table and the caller.
static int detach(vfsmount *mount, bool lazy, const place &where)
{
    sim::point_before_operation();
    if (mount_table.get()[mount->mnt_number] != mount)
        return -EINVAL;
    if (!lazy && mount->mnt_count.counter > 2)
        return -EBUSY;
    mount_table.get()[mount->mnt_number] = nullptr;
    emit(event_kind::mark, &mount->mnt_count, lazy, where);
    return 0;
}

int umount(unsigned number, umount_flags flags, place where)
{
    vfsmount *mount = lookup_mnt(number, where);
    if (mount == nullptr)
        return -EINVAL;
    super_block *sb = mount->mnt_sb;
    if (flags.force && sb->s_op->umount_begin != nullptr) {
        lock_kernel(where);
        sb->s_op->umount_begin(sb);
        unlock_kernel(where);
    }
    int err = detach(mount, flags.lazy, where);
    mntput(mount, where);
    if (err == 0)
        mntput(mount, where);
    return err;
}

} // namespace kernel
