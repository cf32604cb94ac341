// The daemon's loop.
#include "scenarios/daemon.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "core/fuse.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/goal.hpp"
#include "scenarios/hole.hpp"
#include "scenarios/worker.hpp"
#include "sim/fault.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/mmap.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/namei.hpp"
#include "sim/lock_order.hpp"

namespace interfuse {

namespace fuse = kernel::fuse;

namespace {

unsigned pages_for(std::size_t bytes)
{
    return static_cast<unsigned>((bytes + kernel::PAGE_SIZE - 1) / kernel::PAGE_SIZE);
}

// A page of a file whose reading looks something up in the root of the mount.
kernel::page *read_in_under_root_mutex(void *root, std::uint64_t)
{
    auto directory = static_cast<kernel::inode *>(root);
    // No file system of Linux takes the mutex in a fault, with mmap_sem held.
    sim::leave_out_of_order(true);
    kernel::mutex_lock(&directory->i_mutex);
    sim::leave_out_of_order(false);
    kernel::mutex_unlock(&directory->i_mutex);
    kernel::page *pg = kernel::alloc_page(kernel::GFP_KERNEL);
    if (pg != nullptr)
        std::memset(pg->data, 0, kernel::PAGE_SIZE);
    return pg;
}

// As that, by a path.
kernel::page *read_in_through_mount(void *number, std::uint64_t page)
{
    kernel::vfsmount *mount = kernel::lookup_mnt(static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(number)));
    if (mount == nullptr)
        return nullptr;
    kernel::page *pg = read_in_under_root_mutex(mount->mnt_root->d_inode, page);
    kernel::mntput(mount);
    return pg;
}

kernel::page *read_in_slowly(void *, std::uint64_t)
{
    wait_for(pace::patient);
    kernel::page *pg = kernel::alloc_page(kernel::GFP_KERNEL);
    if (pg != nullptr)
        std::memset(pg->data, 0, kernel::PAGE_SIZE);
    return pg;
}

// Header and arguments beside the pages.
constexpr std::size_t arguments_bytes = sizeof(fuse::fuse_in_header) + sizeof(fuse::fuse_write_in);

} // namespace

reply_place *map_reply(const mount &m, const worker_options &options)
{
    reply_place &reply = *(options.reply != nullptr ? options.reply : make_reply_place());
    if (options.reply_needs_directory) {
        reply.at = kernel::map_user_pages(m.daemon.mm, 1);
        reply.own_bytes = kernel::PAGE_SIZE;
        if (options.walks_to_directory)
            kernel::map_file_pages(m.daemon.mm, pages_for(reply_bytes_max), read_in_through_mount,
                                   reinterpret_cast<void *>(std::uintptr_t{m.number}));
        else
            kernel::map_file_pages(m.daemon.mm, pages_for(reply_bytes_max), read_in_under_root_mutex, m.root);
        return &reply;
    }
    std::size_t bytes = sizeof(fuse::fuse_out_header) + options.pages * kernel::PAGE_SIZE;
    unsigned pages = pages_for(std::max(bytes, reply_bytes_max));
    reply.at = kernel::map_user_pages(m.daemon.mm, pages);
    reply.own_bytes = pages * kernel::PAGE_SIZE;
    return &reply;
}

worker make_worker(const mount &m, worker_options options)
{
    worker w{m, options, 0, options.read_bytes};
    if (w.read_bytes == 0)
        w.read_bytes = static_cast<std::uint32_t>(
            std::max(request_bytes_max, arguments_bytes + options.pages * kernel::PAGE_SIZE));
    w.request = options.slow ? kernel::map_file_pages(m.daemon.mm, pages_for(w.read_bytes), read_in_slowly, nullptr)
                             : kernel::map_user_pages(m.daemon.mm, pages_for(w.read_bytes));
    if (options.reply == nullptr || options.reply->at == 0)
        w.options.reply = map_reply(m, w.options);
    return w;
}

namespace {

// The data of a WRITE, as the requester had it when it sent them; zeros in place of what lay at a bad address, or on a
// page that there was no memory for.
void check_written(const worker &w, const std::byte *request)
{
    fuse::fuse_in_header header{};
    fuse::fuse_write_in in{};
    std::memcpy(&header, request, sizeof header);
    std::memcpy(&in, request + sizeof header, sizeof in);
    bool zeros = parameter_of("efaults") > 0 || parameter_of("oom") > 0;
    for (std::uint32_t i = 0; i < in.size; ++i) {
        std::byte got{};
        kernel::copy_from_user_space(&got, w.m.daemon.mm, w.request + arguments_bytes + i, 1);
        if (got != written_content_of(header.nodeid, in.offset + i) && !(zeros && got == std::byte{0}))
            kernel::rule_broken(
                "written_data",
                fmt::format("a WRITE brings the daemon byte {:#x} for offset {} of node {}, which nobody "
                            "has written there",
                            static_cast<unsigned>(got), in.offset + i, header.nodeid),
                kernel::place::here());
    }
}

// The content that a READ asked for, from where the reply's copy on the stack ends.
void fill_content(const worker &w, const std::byte *request, std::size_t from, std::size_t bytes)
{
    fuse::fuse_in_header header{};
    fuse::fuse_read_in in{};
    std::memcpy(&header, request, sizeof header);
    std::memcpy(&in, request + sizeof header, sizeof in);
    for (std::size_t i = from; i < bytes; ++i) {
        std::byte next = content_of(header.nodeid, in.offset + i - sizeof(fuse::fuse_out_header));
        kernel::copy_to_user_space(w.m.daemon.mm, w.options.reply->at + i, &next, 1);
    }
}

// The bytes of the longest reply to a request that may have a shorter one; else 0.
std::uint32_t most_of_reply(const fuse::fuse_in_header &header, const std::byte *request)
{
    if (header.opcode != fuse::FUSE_READ)
        return 0;
    fuse::fuse_read_in in{};
    std::memcpy(&in, request + sizeof header, sizeof in);
    return static_cast<std::uint32_t>(sizeof(fuse::fuse_out_header)) + in.size;
}

} // namespace

std::size_t handle(const worker &w, std::size_t got)
{
    std::array<std::byte, request_bytes_max> request{};
    std::array<std::byte, reply_bytes_max> reply{};
    const reply_place &place = *w.options.reply;
    kernel::copy_from_user_space(request.data(), w.m.daemon.mm, w.request, std::min(got, request.size()));
    fuse::fuse_in_header header{};
    std::memcpy(&header, request.data(), sizeof header);
    w.options.reply->opcode = header.opcode;
    w.options.reply->most = most_of_reply(header, request.data());
    if (header.opcode == fuse::FUSE_WRITE)
        check_written(w, request.data());
    // A daemon that uses its own mount has a second worker for what it asks itself.
    if (w.options.own_user && header.opcode == fuse::FUSE_LOOKUP && request[sizeof header] == std::byte{'a'}) {
        kernel::sys_stat(w.m.number, "b");
        reached(own_lookup_returns);
    }
    std::size_t bytes = handle_request(request.data(), reply.data());
    kernel::copy_to_user_space(w.m.daemon.mm, place.at, reply.data(),
                               std::min({bytes, place.own_bytes, reply.size()}));
    if (bytes > reply.size())
        fill_content(w, request.data(), reply.size(), std::min(bytes, place.own_bytes));
    return bytes;
}

namespace {

// Cuts a buffer into as many segments as there are, of odd lengths so that pages lie across them.
unsigned long cut(std::array<iovec, 8> &segments, unsigned count, std::uintptr_t start, std::size_t bytes)
{
    std::size_t piece = bytes / count / 2 * 2 + 1;
    unsigned long used = 0;
    for (std::size_t from = 0; from < bytes; ++used) {
        bool last = used + 1 == count || used + 1 == segments.size();
        std::size_t length = last ? bytes - from : std::min(piece, bytes - from);
        segments[used] = {reinterpret_cast<void *>(start + from), length};
        from += length;
    }
    return used;
}

} // namespace

static long read_into_buffer(const worker &w)
{
    if (w.options.segments == 1)
        return kernel::sys_read(w.m.device, w.request, w.read_bytes);
    std::array<iovec, 8> segments{};
    unsigned long used = cut(segments, w.options.segments, w.request, w.read_bytes);
    return kernel::sys_readv(w.m.device, segments.data(), used);
}

long write_reply(const worker &w, std::size_t bytes)
{
    if (w.options.segments == 1)
        return kernel::sys_write(w.m.device, w.options.reply->at, bytes);
    std::array<iovec, 8> segments{};
    unsigned long used = cut(segments, w.options.segments, w.options.reply->at, bytes);
    return kernel::sys_writev(w.m.device, segments.data(), used);
}

long read_request(const worker &w)
{
    if (!w.options.holes)
        return read_into_buffer(w);
    hole punched = punch_hole(w.request, w.read_bytes);
    long got = read_into_buffer(w);
    mend_hole(punched);
    if (got == -EFAULT && punched.page < hole_pages_max)
        reached(hole_in_request(punched.page));
    return got;
}

// A bad address may have struck before the kernel knew which request this is about: the reply goes out again.
static void write_over_hole(const worker &w, std::size_t bytes)
{
    hole punched = punch_hole(w.options.reply->at, bytes);
    long sent = write_reply(w, bytes);
    mend_hole(punched);
    if (sent == -EFAULT && punched.page < hole_pages_max)
        reached(hole_in_reply(punched.page));
    while (sent == -EFAULT && !kernel::killed())
        sent = write_reply(w, bytes);
}

// One system call was interrupted or found nothing to do: libfuse's loop goes on.
static bool worth_retrying(const worker &w, long result)
{
    return result == -ENOENT || result == -EINTR || result == -EFAULT || (w.options.nonblocking && result == -EAGAIN);
}

// One round of the loop that waits for a request; whether it was the last, with its result.
[[gnu::noinline]] static bool has_read(const worker &w, long &result)
{
    rest_on(w.m.fc);
    if (w.options.nonblocking)
        kernel::sys_poll(w.m.device, POLLIN, true);
    long got = kernel::killed() ? -EINTR : read_request(w);
    rest_on(nullptr);
    if (kernel::killed())
        got = -EINTR;
    else if (worth_retrying(w, got))
        return false;
    result = got;
    return true;
}

long next_request(const worker &w)
{
    long result = 0;
    while (!has_read(w, result))
        continue;
    return result;
}

bool answer(const worker &w, std::size_t bytes)
{
    if (w.options.reply->opcode == fuse::FUSE_INIT && w.options.init != init_answer::good)
        return answer_init_oddly(w, bytes);
    if (w.options.replies != bad_reply::none)
        return answer_badly(w, bytes);
    if (w.options.holes) {
        write_over_hole(w, bytes);
        return true;
    }
    // EFAULT may have struck before the kernel knew which request this is about: the reply goes out again.
    while (write_reply(w, bytes) == -EFAULT && !kernel::killed())
        continue;
    return true;
}

static void clear(const worker &w, std::uintptr_t at, std::size_t bytes)
{
    static constexpr std::array<std::byte, 64> zeros{};
    for (std::size_t done = 0; done < bytes; done += zeros.size())
        kernel::copy_to_user_space(w.m.daemon.mm, at + done, zeros.data(), std::min(bytes - done, zeros.size()));
}

void forget_request(const worker &w, std::size_t got)
{
    clear(w, w.request, got);
}

void forget_reply(const worker &w, std::size_t bytes)
{
    reply_place &place = *w.options.reply;
    clear(w, place.at, std::min(bytes, place.own_bytes));
    place.opcode = place.most = 0;
}

// One round of the worker's loop; false after the last.
[[gnu::noinline]] static bool serve(const worker &w)
{
    long got = next_request(w);
    if (got <= 0)
        return false;
    std::size_t bytes = handle(w, static_cast<std::size_t>(got));
    if (w.options.takes_time && bytes > 0)
        wait_for(pace::patient);
    bool goes_on = bytes == 0 || (answer(w, bytes) && !kernel::killed());
    forget_request(w, static_cast<std::size_t>(got));
    forget_reply(w, bytes);
    return goes_on;
}

static void work(const worker &w)
{
    // The first round is a place of the code by itself: less may still happen behind it than before it.
    if (serve(w))
        while (serve(w))
            continue;
}

reply_place *make_reply_place()
{
    return static_cast<reply_place *>(sim::allocate(sizeof(reply_place)));
}

// In less than a header and a name of one letter no lookup fits, and nothing happens.
parameter read_buffer_parameter(int most)
{
    parameter buffer{"buffer", 0, 0, most, "bytes of the daemon's read buffer; 0: enough"};
    buffer.allows = [](int value) { return value == 0 || value >= 42; };
    buffer.allowed = fmt::format("0 or from 42 to {}", most);
    return buffer;
}

task_struct *start_worker(const char *name, const mount &m, worker_options options)
{
    if (options.nonblocking)
        m.daemon.files->fd[static_cast<unsigned>(m.device)]->f_flags |= O_NONBLOCK;
    worker w = make_worker(m, options);
    task_struct *task = spawn(name, m.daemon, [w] { work(w); });
    kill_at_teardown(task);
    return task;
}

reply_place *map_reply_from(const mount &m, reply_place *place, const open_file &file, unsigned pages)
{
    task_struct *self = kernel::current;
    self->mm = m.daemon.mm;
    self->files = m.daemon.files;
    // Every reply but that of READ ends in front of the mapping.
    constexpr std::size_t own = sizeof(fuse::fuse_out_header) + sizeof(fuse::fuse_entry_out);
    unsigned own_pages = pages_for(own);
    std::uintptr_t start = kernel::map_user_pages(m.daemon.mm, own_pages);
    long mapped = kernel::sys_mmap_file(file.fd, pages, 0);
    sim::require(mapped == static_cast<long>(start + own_pages * kernel::PAGE_SIZE), "a reply's mappings have a gap");
    self->mm = nullptr;
    self->files = nullptr;
    *place = {start + own_pages * kernel::PAGE_SIZE - own, own, 0, 0};
    return place;
}

void answer_init(const mount &m, init_reply with)
{
    // The setup task borrows the daemon's process for one round of its loop.
    task_struct *self = kernel::current;
    self->mm = m.daemon.mm;
    self->files = m.daemon.files;
    worker w = make_worker(m, {});
    long got = read_request(w);
    expect_in_setup(got > 0, "reading INIT", got);
    std::size_t bytes = handle(w, static_cast<std::size_t>(got));
    fuse::fuse_init_out out{};
    std::uintptr_t at = w.options.reply->at + sizeof(fuse::fuse_out_header);
    kernel::copy_from_user_space(&out, m.daemon.mm, at, sizeof out);
    out.flags = with.async_read ? fuse::FUSE_ASYNC_READ : 0;
    out.max_write = with.max_write;
    out.max_readahead = static_cast<std::uint32_t>(with.pages_ahead * kernel::PAGE_SIZE);
    kernel::copy_to_user_space(m.daemon.mm, at, &out, sizeof out);
    long sent = write_reply(w, bytes);
    expect_in_setup(sent == static_cast<long>(bytes), "answering INIT", sent);
    kernel::unmap_all(m.daemon.mm);
    self->mm = nullptr;
    self->files = nullptr;
}

} // namespace interfuse
