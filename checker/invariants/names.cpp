// Finding an address's object and member.
#include "checker/invariants/names.hpp"

#include <array>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "checker/invariants/ghost.hpp"
#include "checker/invariants/transitions.hpp"
#include "scenarios/split_daemon.hpp"
#include "sim/kernel/mm.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/namei.hpp"
#include "sim/kernel/sched.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/run.hpp"

namespace interfuse {

namespace {

struct member {
    std::size_t offset;
    const char *name;
};

template <std::size_t N> const char *member_at(const std::array<member, N> &members, std::size_t offset)
{
    const char *found = "";
    for (const member &m : members)
        if (m.offset <= offset)
            found = m.name;
    return found;
}

constexpr std::array<member, 14> request_members = {{
    {offsetof(fuse::fuse_req, list), ".list"},
    {offsetof(fuse::fuse_req, bg_entry), ".bg_entry"},
    {offsetof(fuse::fuse_req, count), ".count"},
    {offsetof(fuse::fuse_req, locked) - 4, ".flags"},
    {offsetof(fuse::fuse_req, locked), ".locked"},
    {offsetof(fuse::fuse_req, state), ".state"},
    {offsetof(fuse::fuse_req, in), ".in"},
    {offsetof(fuse::fuse_req, out), ".out"},
    {offsetof(fuse::fuse_req, waitq), ".waitq"},
    {offsetof(fuse::fuse_req, misc), ".misc"},
    {offsetof(fuse::fuse_req, pages), ".pages"},
    {offsetof(fuse::fuse_req, inode), ".inode"},
    {offsetof(fuse::fuse_req, file), ".file"},
    {offsetof(fuse::fuse_req, end), ".end"},
}};

constexpr std::array<member, 27> connection_members = {{
    {offsetof(fuse::fuse_conn, lock), "lock"},
    {offsetof(fuse::fuse_conn, pool_size), "pool_size"},
    {offsetof(fuse::fuse_conn, max_read), "max_read"},
    {offsetof(fuse::fuse_conn, max_write), "max_write"},
    {offsetof(fuse::fuse_conn, bdi), "bdi"},
    {offsetof(fuse::fuse_conn, waitq), "waitq"},
    {offsetof(fuse::fuse_conn, pending), "pending"},
    {offsetof(fuse::fuse_conn, processing), "processing"},
    {offsetof(fuse::fuse_conn, io), "io"},
    {offsetof(fuse::fuse_conn, background), "background"},
    {offsetof(fuse::fuse_conn, unused_list), "unused_list"},
    {offsetof(fuse::fuse_conn, outstanding_sem), "outstanding_sem"},
    {offsetof(fuse::fuse_conn, outstanding_debt), "outstanding_debt"},
    {offsetof(fuse::fuse_conn, sbput_sem), "sbput_sem"},
    {offsetof(fuse::fuse_conn, reqctr), "reqctr"},
    {offsetof(fuse::fuse_conn, mounted), "mounted"},
    {offsetof(fuse::fuse_conn, connected), "connected"},
    {offsetof(fuse::fuse_conn, no_flush) - 4, "flags"},
    {offsetof(fuse::fuse_conn, no_flush), "no_flush"},
    {offsetof(fuse::fuse_conn, no_fsync), "no_fsync"},
    {offsetof(fuse::fuse_conn, no_fsyncdir), "no_fsyncdir"},
    {offsetof(fuse::fuse_conn, no_setxattr), "no_setxattr"},
    {offsetof(fuse::fuse_conn, no_create), "no_create"},
    {offsetof(fuse::fuse_conn, num_waiting), "num_waiting"},
    {offsetof(fuse::fuse_conn, minor), "minor"},
    {offsetof(fuse::fuse_conn, kobj), "kobj"},
    {offsetof(fuse::fuse_conn, fasync), "fasync"},
}};

std::size_t distance(const void *address, const void *object)
{
    return reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(object);
}

std::string connection_name(const void *address)
{
    unsigned number = 0;
    for (const connection_ghost &c : known_connections()) {
        const fuse::fuse_conn *fc = c.fc;
        ++number;
        if (fc == nullptr || distance(address, fc) >= sizeof(fuse::fuse_conn))
            continue;
        std::string object = number == 1 ? "fc" : fmt::format("fc{}", number);
        return fmt::format("{}->{}", object, member_at(connection_members, distance(address, fc)));
    }
    return "";
}

std::string task_name(const void *address)
{
    const sim::world &w = sim::the_world();
    for (unsigned i = 0; i < w.task_count; ++i) {
        const kernel::task_struct *task = kernel::task_of(i);
        if (task == nullptr)
            continue;
        if (address == task)
            return w.tasks[i].name;
        if (task->mm != nullptr && distance(address, task->mm) < sizeof(kernel::mm_struct))
            return fmt::format("mmap_sem of {}'s process", w.tasks[i].name);
    }
    return "";
}

// Memory that was allocated and not written yet.
bool is_raw(const kernel::slab_address &slab)
{
    std::uint64_t word = 0;
    std::memcpy(&word, slab.object(), sizeof word);
    return word == 0x5a5a5a5a5a5a5a5a;
}

std::string slab_name(const void *address)
{
    kernel::slab_address slab = kernel::find_slab_object(address);
    if (slab.cache == nullptr)
        return "";
    std::string_view cache = slab.cache->name;
    if (!slab.live())
        return fmt::format("freed {} in slot {}", cache, slab.index);
    if (is_raw(slab))
        return fmt::format("new {} in slot {}", cache, slab.index);
    std::size_t offset = distance(address, slab.object());
    if (cache == "fuse_inode") {
        auto node = reinterpret_cast<const fuse::fuse_inode *>(slab.object());
        const char *part = offset == offsetof(kernel::inode, i_mutex) ? ".i_mutex" : "";
        return fmt::format("inode {}{}", node->nodeid, part);
    }
    if (cache == "fuse_request")
        return name_of_request(*reinterpret_cast<const fuse::fuse_req *>(slab.object())) +
               member_at(request_members, offset);
    if (cache == "dentry_cache")
        return fmt::format("dentry {}", reinterpret_cast<const kernel::dentry *>(slab.object())->d_name);
    if (cache == "filp")
        return fmt::format("file {}", slab.index);
    if (cache == "mnt_cache")
        return fmt::format("vfsmount {}", slab.index);
    return fmt::format("{} {}", cache, slab.index);
}

} // namespace

std::string name_of_request(const fuse::fuse_req &req)
{
    if (req.in.h.unique != 0)
        return fmt::format("request {}", req.in.h.unique);
    kernel::slab_address slab = kernel::find_slab_object(&req);
    return fmt::format("spare request in slot {}", slab.index);
}

std::string name_of_core_object(const void *address)
{
    if (!sim::in_arena(address))
        return static_cast<const char *>(address); // an event about a constant: the name of a system call
    for (std::string (*find)(const void *) : {connection_name, task_name, slab_name, name_of_reply_queue}) {
        std::string name = find(address);
        if (!name.empty())
            return name;
    }
    if (kernel::is_big_kernel_lock(address))
        return "the big kernel lock";
    if (kernel::is_rename_mutex(address))
        return "the mutex of renames";
    int frame = kernel::frame_number(static_cast<const kernel::page *>(address));
    if (frame >= 0)
        return fmt::format("page {}", frame);
    auto stack = reinterpret_cast<std::uintptr_t>(address) - sim::stacks_base;
    if (!sim::in_heap(address))
        return fmt::format("stack of {}", sim::the_world().tasks[stack / sim::stack_stride].name);
    return "";
}

std::string name_of_core_value(const void *address, std::uint64_t value)
{
    const request_ghost *r = find_request(address);
    if (r == nullptr || address != &r->req->state)
        return "";
    return std::string(name_of(static_cast<fuse::fuse_req_state>(value)));
}

} // namespace interfuse
