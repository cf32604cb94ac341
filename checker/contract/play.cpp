// Arranging a row and playing it.
#include "checker/contract/play.hpp"

#include <csignal>
#include <cstring>

#include "sim/kernel/namei.hpp"
#include "sim/kernel/syscall.hpp"

namespace interfuse::contract {

namespace fuse = kernel::fuse;

namespace {

const sim::per_world<outcome> result_of_play;
const sim::per_world<play> stage_of_play;
const row *active = nullptr;

fate fate_of_request(const fuse::fuse_conn &fc)
{
    if (!kernel::list_empty(&fc.pending))
        return fate::pending;
    return kernel::list_empty(&fc.processing) ? fate::over : fate::sent;
}

void put(const play &p, std::uintptr_t at, const void *bytes, std::size_t count)
{
    kernel::copy_to_user_space(p.m.daemon.mm, at, bytes, count);
}

long ask(const play &p)
{
    if (active->who == asks::lookup_twice)
        kernel::sys_stat(p.m.number, "a");
    if (active->who != asks::setxattr)
        return kernel::sys_stat(p.m.number, "a");
    static constexpr std::array<char, 64> value = {};
    return kernel::sys_setxattr(p.m.number, "a", "user.x", value.data(), value.size());
}

void map_memory(play &p)
{
    kernel::mm_struct *mm = p.m.daemon.mm;
    p.in = kernel::map_user_pages(mm, 4);
    p.out = kernel::map_user_pages(mm, 4);
    p.edge = kernel::map_user_pages(mm, 1) + kernel::PAGE_SIZE;
    if (active->fault != nullptr)
        kernel::map_file_pages(mm, 2, active->fault, &stage_of_play.get());
    p.brink = kernel::map_user_pages(mm, 1) + kernel::PAGE_SIZE;
}

// The setup task plays the daemon for one round.
void refuse_init(const play &p)
{
    task_struct *self = kernel::current;
    self->mm = p.m.daemon.mm;
    self->files = p.m.daemon.files;
    reply_error(p, take(p), -EPROTO);
    self->mm = nullptr;
    self->files = nullptr;
}

void start_tasks(play &p)
{
    if (active->who != asks::nobody)
        p.requester = spawn("requester", {}, [] { result_of_play->requester = ask(stage_of_play.get()); });
    spawn("daemon", p.m.daemon, [] {
        const play &now = stage_of_play.get();
        outcome &done = result_of_play.get();
        done.result = active->call(now);
        done.request = active->who == asks::nobody ? fate::none : fate_of_request(*now.m.fc);
        done.called = true;
    });
    if (active->later != nullptr)
        spawn("other", {}, [] { active->later(stage_of_play.get()); });
}

kernel::page *page_of_zeros()
{
    kernel::page *pg = kernel::alloc_page(kernel::GFP_KERNEL);
    std::memset(pg->data, 0, kernel::PAGE_SIZE);
    return pg;
}

} // namespace

std::uint64_t take(const play &p)
{
    kernel::sys_read(p.m.device, p.in, 4 * kernel::PAGE_SIZE);
    fuse::fuse_in_header header{};
    kernel::copy_from_user_space(&header, p.m.daemon.mm, p.in, sizeof header);
    return header.unique;
}

void put_header(const play &p, std::uintptr_t at, std::uint64_t unique, std::size_t bytes)
{
    fuse::fuse_out_header header{static_cast<kernel::u32>(bytes), 0, unique};
    put(p, at, &header, sizeof header);
}

long reply_error(const play &p, std::uint64_t unique, int error, std::size_t bytes)
{
    fuse::fuse_out_header header{static_cast<kernel::u32>(bytes), error, unique};
    put(p, p.out, &header, sizeof header);
    return kernel::sys_write(p.m.device, p.out, bytes);
}

long reply_entry(const play &p, std::uint64_t unique, std::uint64_t nodeid, std::uint32_t mode, std::size_t bytes)
{
    fuse::fuse_entry_out entry{};
    entry.nodeid = nodeid;
    entry.attr.mode = mode;
    entry.attr.nlink = 1;
    put_header(p, p.out, unique, bytes);
    put(p, p.out + sizeof(fuse::fuse_out_header), &entry, sizeof entry);
    return kernel::sys_write(p.m.device, p.out, bytes);
}

void abort_connection(const play &p)
{
    fuse::fuse_conn_abort_store(p.m.fc, "1", 1);
}

void kill_requester(const play &p)
{
    kernel::send_sig(SIGKILL, p.requester);
}

void signal_self()
{
    kernel::send_sig(SIGUSR1, kernel::current);
}

void set_nonblock(const play &p)
{
    kernel::sys_set_nonblock(p.m.device, true);
}

kernel::page *kill_meanwhile(void *p, std::uint64_t)
{
    kill_requester(*static_cast<play *>(p));
    return page_of_zeros();
}

kernel::page *abort_meanwhile(void *p, std::uint64_t)
{
    abort_connection(*static_cast<play *>(p));
    return page_of_zeros();
}

void use_row(const row &which)
{
    active = &which;
}

const outcome &played()
{
    return result_of_play.get();
}

void arrange()
{
    play &p = stage_of_play.get();
    p.m = mount_fuse();
    if (active->handshake == init::answered)
        answer_init(p.m);
    p.bare = kernel::install_fd(p.m.daemon.files, kernel::alloc_file(&fuse::fuse_dev_operations, nullptr, nullptr));
    map_memory(p);
    if (active->handshake == init::refused)
        refuse_init(p);
    result_of_play->requester = not_asked;
    if (active->before != nullptr)
        active->before(p);
    start_tasks(p);
}

} // namespace interfuse::contract
