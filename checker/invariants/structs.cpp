// Which struct an address lies in.
#include "checker/invariants/structs.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "checker/invariants/ghost.hpp"
#include "sim/kernel/mm.hpp"
#include "sim/kernel/sched.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/run.hpp"

namespace interfuse {

namespace {

using sim::typed_object;

bool lies_in(const void *address, const void *object, std::size_t bytes)
{
    return reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(object) < bytes;
}

typed_object connection_around(const void *address)
{
    for (const connection_ghost &c : known_connections())
        if (c.fc != nullptr && lies_in(address, c.fc, sizeof(fuse::fuse_conn)))
            return {"fuse_conn", c.fc};
    return {nullptr, nullptr};
}

typed_object slab_object_around(const void *address)
{
    static constexpr std::array<std::pair<std::string_view, const char *>, 6> structs = {{
        {"fuse_request", "fuse_req"},
        {"fuse_inode", "fuse_inode"},
        {"dentry_cache", "dentry"},
        {"filp", "file"},
        {"mnt_cache", "vfsmount"},
        {"super_block", "super_block"},
    }};
    kernel::slab_address slab = kernel::find_slab_object(address);
    if (slab.cache != nullptr)
        for (const auto &[cache, name] : structs)
            if (slab.cache->name == cache)
                return {name, slab.object()};
    return {nullptr, nullptr};
}

typed_object process_object_around(const void *address)
{
    const sim::world &w = sim::the_world();
    for (unsigned i = 0; i < w.task_count; ++i) {
        const kernel::task_struct *task = kernel::task_of(i);
        if (task == nullptr)
            continue;
        if (lies_in(address, task, sizeof *task))
            return {"task_struct", task};
        if (task->mm != nullptr && lies_in(address, task->mm, sizeof *task->mm))
            return {"mm_struct", task->mm};
    }
    return {nullptr, nullptr};
}

} // namespace

std::string class_of_core_lock(const void *lock)
{
    typed_object around = slab_object_around(lock);
    if (around.type == nullptr || around.type != std::string_view("fuse_inode"))
        return "";
    auto node = static_cast<const kernel::inode *>(around.start);
    return lock == &node->i_mutex && S_ISDIR(node->i_mode.peek()) ? "inode.i_mutex of a directory" : "";
}

typed_object type_of_core_object(const void *address)
{
    for (typed_object (*find)(const void *) : {connection_around, slab_object_around, process_object_around}) {
        typed_object found = find(address);
        if (found.type != nullptr)
            return found;
    }
    return {nullptr, nullptr};
}

} // namespace interfuse
