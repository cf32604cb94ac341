// write and writev on the device.
#include "checker/contract/play.hpp"
#include "sim/kernel/syscall.hpp"

namespace interfuse::contract {

using kernel::sys_write;

static long reply_well(const play &p)
{
    return reply_entry(p, take(p));
}

static long reply_over_edge(const play &p)
{
    return reply_from(p, p.edge, entry_bytes);
}

// To INIT, of so many bytes.
static long reply_init(const play &p, std::uint32_t major, std::size_t bytes)
{
    kernel::fuse::fuse_init_out answer{};
    answer.major = major;
    answer.minor = 4;
    std::uint64_t unique = take(p);
    put_header(p, p.out, unique, bytes);
    kernel::copy_to_user_space(p.m.daemon.mm, p.out + sizeof(kernel::fuse::fuse_out_header), &answer, sizeof answer);
    return sys_write(p.m.device, p.out, bytes);
}

// In two segments, the second of which holds what is behind the first 16 bytes.
static long reply_in_two(const play &p, std::uintptr_t second, std::size_t bytes)
{
    put_header(p, p.out, take(p), bytes);
    iovec segments[] = {{reinterpret_cast<void *>(p.out), 16}, {reinterpret_cast<void *>(second), bytes - 16}};
    return kernel::sys_writev(p.m.device, segments, 2);
}

static const row rows[] = {
    {"write", "no connection", -ENODEV, fate::none, not_asked, asks::nobody,
     [](const play &p) { return sys_write(p.bare, p.out, 16); }},
    {"write", "under 16 bytes", -EINVAL, fate::sent, -ECONNABORTED, asks::lookup,
     [](const play &p) { return reply_error(p, take(p), -EACCES, 15); }},
    {"write", "a bad address for the header", -EFAULT, fate::sent, -ECONNABORTED, asks::lookup,
     [](const play &p) {
         take(p);
         return sys_write(p.m.device, p.brink, 16);
     }},
    {"write", "unique 0", -EINVAL, fate::sent, -ECONNABORTED, asks::lookup,
     [](const play &p) {
         take(p);
         return reply_error(p, 0, 0);
     }},
    {"write", "error above 0", -EINVAL, fate::sent, -ECONNABORTED, asks::lookup,
     [](const play &p) { return reply_error(p, take(p), 1); }},
    {"write", "error -1000", -EINVAL, fate::sent, -ECONNABORTED, asks::lookup,
     [](const play &p) { return reply_error(p, take(p), -1000); }},
    {"write", "len is not the byte count", -EINVAL, fate::sent, -ECONNABORTED, asks::lookup,
     [](const play &p) {
         put_header(p, p.out, take(p), 17);
         return sys_write(p.m.device, p.out, 16);
     }},
    {"write", "unique 0 on a dead connection: looked at first", -EINVAL, fate::none, not_asked, asks::nobody,
     [](const play &p) { return reply_error(p, 0, 0); }, init::answered, abort_connection},
    {"write", "under 16 bytes on a dead connection", -EINVAL, fate::none, not_asked, asks::nobody,
     [](const play &p) { return reply_error(p, 2, 0, 15); }, init::answered, abort_connection},
    {"write", "a bad address for the header on a dead connection", -EFAULT, fate::none, not_asked, asks::nobody,
     [](const play &p) { return sys_write(p.m.device, p.brink, 16); }, init::answered, abort_connection},
    {"write", "error above 0 on a dead connection", -EINVAL, fate::none, not_asked, asks::nobody,
     [](const play &p) { return reply_error(p, 2, 1); }, init::answered, abort_connection},
    {"write", "error -1000 on a dead connection", -EINVAL, fate::none, not_asked, asks::nobody,
     [](const play &p) { return reply_error(p, 2, -1000); }, init::answered, abort_connection},
    {"write", "len is not the byte count on a dead connection", -EINVAL, fate::none, not_asked, asks::nobody,
     [](const play &p) {
         put_header(p, p.out, 2, 17);
         return sys_write(p.m.device, p.out, 16);
     }, init::answered, abort_connection},
    {"write", "not connected", -ENOENT, fate::none, not_asked, asks::nobody,
     [](const play &p) { return reply_error(p, 2, 0); }, init::answered, abort_connection},
    {"write", "unique not on processing", -EINVAL, fate::sent, -ECONNABORTED, asks::lookup,
     [](const play &p) { return reply_error(p, take(p) + 1, 0); }},
    {"write", "its request is still pending", -EINVAL, fate::pending, -ECONNABORTED, asks::lookup,
     [](const play &p) { return reply_error(p, p.m.fc->reqctr, 0); }},
    {"write", "its request is being read, which goes on", -EINVAL, fate::sent, -ECONNABORTED, asks::lookup,
     [](const play &p) {
         read_over_edge(p);
         return result_meanwhile();
     }, init::answered, nullptr, reply_meanwhile, wait_for_other},
    {"write", "unique answered before", -EINVAL, fate::over, -EACCES, asks::lookup,
     [](const play &p) {
         std::uint64_t unique = take(p);
         reply_error(p, unique, -EACCES);
         return reply_error(p, unique, -EACCES);
     }},
    {"write", "interrupted before the reply", -ENOENT, fate::over, -EINTR, asks::lookup,
     [](const play &p) {
         std::uint64_t unique = take(p);
         kernel::in_syscall("kill", [&]() -> long {
             kill_requester(p);
             return 0;
         });
         return reply_entry(p, unique);
     }},
    {"write", "an error with a payload", -EINVAL, fate::over, -EIO, asks::lookup,
     [](const play &p) { return reply_error(p, take(p), -EACCES, 24); }, init::answered, nullptr, nullptr, nullptr, true},
    {"write", "too long", -EINVAL, fate::over, -EIO, asks::lookup,
     [](const play &p) { return reply_entry(p, take(p), 'a', S_IFREG, entry_bytes + 8); }, init::answered, nullptr,
     nullptr, nullptr, true},
    {"write", "too short without argvar", -EINVAL, fate::over, -EIO, asks::lookup,
     [](const play &p) { return reply_entry(p, take(p), 'a', S_IFREG, entry_bytes - 8); }, init::answered, nullptr,
     nullptr, nullptr, true},
    {"write", "a bad address for the payload", -EFAULT, fate::over, -EIO, asks::lookup,
     [](const play &p) { return reply_from(p, p.brink, entry_bytes); }, init::answered, nullptr, nullptr, nullptr, true},
    {"write", "interrupted during the copy", -ENOENT, fate::over, -EINTR, asks::lookup, reply_over_edge, init::answered,
     nullptr, nullptr, kill_meanwhile, true},
    {"write", "aborted during the copy", -ENOENT, fate::over, -ECONNABORTED, asks::lookup, reply_over_edge,
     init::answered, nullptr, nullptr, abort_meanwhile, true},
    {"write", "success: the byte count", static_cast<long>(entry_bytes), fate::over, 0, asks::lookup, reply_well},
    {"write", "an error alone", 16, fate::over, -EACCES, asks::lookup,
     [](const play &p) { return reply_error(p, take(p), -EACCES); }},
    {"write", "error -999", 16, fate::over, -999, asks::lookup,
     [](const play &p) { return reply_error(p, take(p), -999); }},
    {"write", "no such entry: nodeid 0", static_cast<long>(entry_bytes), fate::over, -ENOENT, asks::lookup,
     [](const play &p) { return reply_entry(p, take(p), 0); }},
    {"write", "no such entry any more: nothing is forgotten", static_cast<long>(entry_bytes), fate::over, -ENOENT,
     asks::lookup_twice,
     [](const play &p) {
         reply_entry(p, take(p));
         reply_entry(p, take(p), 0); // to the revalidation
         return reply_entry(p, take(p), 0);
     }},
    {"write", "the root as an entry", static_cast<long>(entry_bytes), fate::over, -EIO, asks::lookup,
     [](const play &p) { return reply_entry(p, take(p), 1); }},
    {"write", "an entry of no type", static_cast<long>(entry_bytes), fate::over, -EIO, asks::lookup,
     [](const play &p) { return reply_entry(p, take(p), 'a', 0); }},
    {"write", "READ, short within argvar: so many bytes are read", 21, fate::over, 5, asks::read,
     [](const play &p) { return reply_zeros(p, take_read(p), 21); }},
    {"write", "READ without a byte", 16, fate::over, 0, asks::read,
     [](const play &p) { return reply_zeros(p, take_read(p), 16); }},
    {"write", "READ, too long", -EINVAL, fate::over, -EIO, asks::read,
     [](const play &p) { return reply_zeros(p, take_read(p), 16 + kernel::PAGE_SIZE + 1); }, init::answered, nullptr,
     nullptr, nullptr, true},
    {"write", "READ, under 16 bytes", -EINVAL, fate::sent, -ECONNABORTED, asks::read,
     [](const play &p) { return reply_zeros(p, take_read(p), 15); }},
    {"write", "INIT, short within argvar, as daemons before 7.5 answer", 24, fate::pending, -ECONNABORTED, asks::lookup,
     [](const play &p) { return reply_init(p, kernel::fuse::FUSE_KERNEL_VERSION, 24); }, init::unanswered},
    {"write", "INIT, another major version", 40, fate::over, -ECONNREFUSED, asks::lookup,
     [](const play &p) { return reply_init(p, 8, 40); }, init::unanswered},
    {"write", "INIT, another major version and short", 24, fate::over, -ECONNREFUSED, asks::lookup,
     [](const play &p) { return reply_init(p, 6, 24); }, init::unanswered},
    // The version that was sent lies in the same bytes.
    {"write", "INIT, nothing but a header", 16, fate::pending, -ECONNABORTED, asks::lookup,
     [](const play &p) { return reply_init(p, 0, 16); }, init::unanswered},
    {"write", "INIT, too long", -EINVAL, fate::over, -ECONNREFUSED, asks::lookup,
     [](const play &p) { return reply_init(p, kernel::fuse::FUSE_KERNEL_VERSION, 41); }, init::unanswered, nullptr,
     nullptr, nullptr, true},
    {"writev", "no connection", -ENODEV, fate::none, not_asked, asks::nobody,
     [](const play &p) {
         iovec segment{reinterpret_cast<void *>(p.out), 16};
         return kernel::sys_writev(p.bare, &segment, 1);
     }},
    {"writev", "a bad address for the payload", -EFAULT, fate::over, -EIO, asks::lookup,
     [](const play &p) { return reply_in_two(p, p.brink, entry_bytes); }, init::answered, nullptr, nullptr, nullptr, true},
    {"writev", "too long", -EINVAL, fate::over, -EIO, asks::lookup,
     [](const play &p) { return reply_in_two(p, p.in, entry_bytes + 8); }, init::answered, nullptr, nullptr, nullptr,
     true},
    {"writev", "success over two segments", 16, fate::over, -EACCES, asks::lookup,
     [](const play &p) {
         kernel::fuse::fuse_out_header header{16, -EACCES, take(p)};
         kernel::copy_to_user_space(p.m.daemon.mm, p.out, &header, 9);
         kernel::copy_to_user_space(p.m.daemon.mm, p.in, reinterpret_cast<const std::byte *>(&header) + 9, 7);
         iovec segments[] = {{reinterpret_cast<void *>(p.out), 9}, {reinterpret_cast<void *>(p.in), 7}};
         return kernel::sys_writev(p.m.device, segments, 2);
     }},
};

std::span<const row> write_rows()
{
    return rows;
}

} // namespace interfuse::contract
