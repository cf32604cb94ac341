// The daemon's loop and its little file system: every name exists and is a file.
#include "scenarios/daemon.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/fuse.hpp"
#include "sim/fault.hpp"
#include "sim/kernel/mutex.hpp"

namespace interfuse {

namespace fuse = kernel::fuse;

namespace {

struct buffers {
    std::uintptr_t request, reply; // user addresses
    std::uint32_t read_bytes;
    std::size_t reply_bytes; // that the worker itself writes; what lies behind is the file's
};

unsigned pages_for(std::size_t bytes)
{
    return static_cast<unsigned>((bytes + kernel::PAGE_SIZE - 1) / kernel::PAGE_SIZE);
}

// A page of a file whose reading looks something up in the root of the mount.
kernel::page *read_in_under_root_mutex(void *root, std::uint64_t)
{
    auto directory = static_cast<kernel::inode *>(root);
    kernel::mutex_lock(&directory->i_mutex);
    kernel::mutex_unlock(&directory->i_mutex);
    kernel::page *pg = kernel::alloc_page(kernel::GFP_KERNEL);
    if (pg != nullptr)
        kernel::memset(pg->data, 0, kernel::PAGE_SIZE);
    return pg;
}

std::uintptr_t map_reply(const mount &m, const worker_options &options)
{
    if (!options.reply_needs_directory)
        return kernel::map_user_pages(m.daemon.mm, pages_for(reply_bytes_max));
    std::uintptr_t start = kernel::map_user_pages(m.daemon.mm, 1);
    kernel::map_file_pages(m.daemon.mm, pages_for(reply_bytes_max), read_in_under_root_mutex, m.root);
    return start;
}

buffers map_buffers(const mount &m, const worker_options &options)
{
    buffers b{};
    b.read_bytes = options.read_bytes != 0 ? options.read_bytes : request_bytes_max;
    b.request = kernel::map_user_pages(m.daemon.mm, pages_for(b.read_bytes));
    b.reply = map_reply(m, options);
    b.reply_bytes = options.reply_needs_directory ? kernel::PAGE_SIZE : reply_bytes_max;
    return b;
}

template <typename Out> std::size_t reply_with(std::byte *reply, std::uint64_t unique, const Out &out)
{
    fuse::fuse_out_header header{};
    header.len = sizeof header + sizeof out;
    header.unique = unique;
    std::memcpy(reply, &header, sizeof header);
    std::memcpy(reply + sizeof header, &out, sizeof out);
    return header.len;
}

std::size_t reply_empty(std::byte *reply, std::uint64_t unique, int error)
{
    fuse::fuse_out_header header{};
    header.len = sizeof header;
    header.error = error;
    header.unique = unique;
    std::memcpy(reply, &header, sizeof header);
    return sizeof header;
}

std::size_t reply_entry(std::byte *reply, std::uint64_t unique, const std::byte *name)
{
    fuse::fuse_entry_out out{};
    // The node's number is the first letter of its name.
    out.nodeid = static_cast<std::uint64_t>(*name);
    out.generation = 1;
    out.attr.ino = out.nodeid;
    out.attr.mode = S_IFREG | 0644;
    out.attr.nlink = 1;
    return reply_with(reply, unique, out);
}

std::size_t reply_init(std::byte *reply, std::uint64_t unique)
{
    fuse::fuse_init_out out{};
    out.major = 7;
    out.minor = 6;
    out.flags = fuse::FUSE_ASYNC_READ;
    out.max_write = 4096;
    return reply_with(reply, unique, out);
}

// One system call was interrupted or found nothing to do: libfuse's loop goes on.
bool worth_retrying(long result)
{
    return result == -ENOENT || result == -EINTR || result == -EFAULT;
}

void work(const mount &m, const buffers &b)
{
    for (;;) {
        rest_on(m.fc);
        long got = kernel::sys_read(m.device, b.request, b.read_bytes);
        rest_on(nullptr);
        if (kernel::killed() || (got < 0 && !worth_retrying(got)))
            return;
        if (got < 0)
            continue;
        std::array<std::byte, request_bytes_max> request{};
        std::array<std::byte, reply_bytes_max> reply{};
        kernel::copy_from_user_space(request.data(), m.daemon.mm, b.request, static_cast<std::size_t>(got));
        std::size_t bytes = handle_request(request.data(), reply.data());
        if (bytes == 0)
            continue;
        kernel::copy_to_user_space(m.daemon.mm, b.reply, reply.data(), std::min(bytes, b.reply_bytes));
        // EFAULT may have struck before the kernel knew which request this is about: the reply goes out again.
        while (kernel::sys_write(m.device, b.reply, bytes) == -EFAULT && !kernel::killed())
            continue;
        if (kernel::killed())
            return;
    }
}

} // namespace

std::size_t handle_request(const std::byte *request, std::byte *reply)
{
    fuse::fuse_in_header header{};
    std::memcpy(&header, request, sizeof header);
    const std::byte *argument = request + sizeof header;
    switch (header.opcode) {
    case fuse::FUSE_INIT:
        return reply_init(reply, header.unique);
    case fuse::FUSE_LOOKUP:
        return reply_entry(reply, header.unique, argument);
    case fuse::FUSE_OPEN: {
        fuse::fuse_open_out out{};
        out.fh = header.nodeid;
        return reply_with(reply, header.unique, out);
    }
    case fuse::FUSE_GETATTR: {
        fuse::fuse_attr_out out{};
        out.attr.ino = header.nodeid;
        out.attr.mode = S_IFREG | 0644;
        return reply_with(reply, header.unique, out);
    }
    case fuse::FUSE_FORGET:
        return 0;
    case fuse::FUSE_RELEASE:
    case fuse::FUSE_FLUSH:
    case fuse::FUSE_UNLINK:
        return reply_empty(reply, header.unique, 0);
    default:
        return reply_empty(reply, header.unique, -ENOSYS);
    }
}

task_struct *start_worker(const char *name, const mount &m, worker_options options)
{
    buffers b = map_buffers(m, options);
    task_struct *task = spawn(name, m.daemon, [m, b] { work(m, b); });
    kill_at_teardown(task);
    return task;
}

void answer_init(const mount &m)
{
    // The setup task borrows the daemon's process for one round of its loop.
    task_struct *self = kernel::current;
    self->mm = m.daemon.mm;
    self->files = m.daemon.files;
    buffers b = map_buffers(m, {});
    long got = kernel::sys_read(m.device, b.request, b.read_bytes);
    sim::require(got > 0, "INIT could not be read");
    std::array<std::byte, request_bytes_max> request{};
    std::array<std::byte, reply_bytes_max> reply{};
    kernel::copy_from_user_space(request.data(), m.daemon.mm, b.request, static_cast<std::size_t>(got));
    std::size_t bytes = handle_request(request.data(), reply.data());
    kernel::copy_to_user_space(m.daemon.mm, b.reply, reply.data(), bytes);
    long sent = kernel::sys_write(m.device, b.reply, bytes);
    sim::require(sent == static_cast<long>(bytes), "INIT could not be answered");
    kernel::unmap_all(m.daemon.mm);
    self->mm = nullptr;
    self->files = nullptr;
}

} // namespace interfuse
