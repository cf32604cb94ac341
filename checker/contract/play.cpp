// Arranging a row and playing it.
#include "checker/contract/play.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>

#include "sim/kernel/semaphore.hpp"
#include "sim/kernel/syscall.hpp"

namespace interfuse::contract {

namespace fuse = kernel::fuse;

namespace {

const sim::per_world<outcome> result_of_play;
const sim::per_world<play> stage_of_play;
const sim::per_world<kernel::semaphore> gate;
const row *active = nullptr;

bool is_on(const kernel::list_head &list, kernel::u32 opcode)
{
    for (const kernel::list_head *at = list.next; at != &list; at = at->next)
        if (kernel::list_entry<&fuse::fuse_req::list>(at)->in.h.opcode == opcode)
            return true;
    return false;
}

fate fate_of_request(const fuse::fuse_conn &fc)
{
    kernel::u32 opcode = opcode_of(active->who);
    if (is_on(fc.pending, opcode))
        return fate::pending;
    return is_on(fc.processing, opcode) ? fate::sent : fate::over;
}

void put(const play &p, std::uintptr_t at, const void *bytes, std::size_t count)
{
    kernel::copy_to_user_space(p.m.daemon.mm, at, bytes, count);
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
        p.requester = spawn("requester", active->who == asks::read ? make_process() : process{}, [] {
            long result = ask(stage_of_play.get(), active->who);
            if (active->who != asks::background)
                result_of_play->requester = result;
        });
    spawn("daemon", p.m.daemon, [] {
        const play &now = stage_of_play.get();
        outcome &done = result_of_play.get();
        done.result = active->call(now);
        done.request = active->who == asks::nobody ? fate::none : fate_of_request(*now.m.fc);
        done.called = true;
    });
    if (active->later != nullptr)
        spawn("other", active->fault == wait_for_other ? p.m.daemon : process{},
              [] { active->later(stage_of_play.get()); });
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

std::uint64_t take_read(const play &p)
{
    reply_entry(p, take(p));
    fuse::fuse_open_out opened{};
    opened.open_flags = fuse::FOPEN_DIRECT_IO;
    std::uint64_t unique = take(p);
    put(p, p.out + sizeof(fuse::fuse_out_header), &opened, sizeof opened);
    put_header(p, p.out, unique, sizeof(fuse::fuse_out_header) + sizeof opened);
    kernel::sys_write(p.m.device, p.out, sizeof(fuse::fuse_out_header) + sizeof opened);
    return take(p);
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

long reply_zeros(const play &p, std::uint64_t unique, std::size_t bytes)
{
    static constexpr std::array<std::byte, 64> zeros = {};
    for (std::size_t i = 0; i < bytes; i += zeros.size())
        put(p, p.out + i, zeros.data(), std::min(zeros.size(), bytes - i));
    put_header(p, p.out, unique, bytes);
    return kernel::sys_write(p.m.device, p.out, bytes);
}

long reply_from(const play &p, std::uintptr_t end_of_page, std::size_t bytes)
{
    std::uintptr_t at = end_of_page - sizeof(fuse::fuse_out_header);
    put_header(p, at, take(p), bytes);
    return kernel::sys_write(p.m.device, at, bytes);
}

long read_over_edge(const play &p)
{
    return kernel::sys_read(p.m.device, p.edge - sizeof(fuse::fuse_in_header), 100);
}

long do_nothing(const play &)
{
    return 0;
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

kernel::page *wait_for_other(void *, std::uint64_t)
{
    kernel::down(&gate.get());
    return page_of_zeros();
}

void close_meanwhile(const play &p)
{
    kernel::sys_close(p.m.device);
    kernel::up(&gate.get());
}

void reply_meanwhile(const play &p)
{
    result_of_play->meanwhile = reply_error(p, p.m.fc->reqctr, 0);
    kernel::up(&gate.get());
}

void note_end(int error)
{
    result_of_play->requester = error;
}

long result_meanwhile()
{
    return result_of_play->meanwhile;
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
    kernel::sema_init(&gate.get(), 0);
    map_memory(p);
    if (active->handshake == init::refused)
        refuse_init(p);
    result_of_play->requester = not_asked;
    if (active->before != nullptr)
        active->before(p);
    start_tasks(p);
}

} // namespace interfuse::contract
