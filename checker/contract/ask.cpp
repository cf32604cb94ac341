// What the requester of a row asks for.
#include <array>

#include "checker/contract/play.hpp"
#include "sim/fault.hpp"
#include "sim/kernel/namei.hpp"
#include "sim/kernel/syscall.hpp"

namespace interfuse::contract {

namespace fuse = kernel::fuse;

namespace {

void end_noted(fuse::fuse_conn *fc, fuse::fuse_req *req)
{
    note_end(req->out.h.error);
    fuse::fuse_put_request(fc, req);
}

void end_unnoted(fuse::fuse_conn *fc, fuse::fuse_req *req)
{
    fuse::fuse_put_request(fc, req);
}

// Its arguments lie in the request, so that nobody needs to keep memory for them.
void send_in_background(const play &p, void (*end)(fuse::fuse_conn *, fuse::fuse_req *))
{
    fuse::fuse_req *req = fuse::fuse_get_request(p.m.fc);
    sim::require(req != nullptr, "a request in the background waited for the pool");
    auto *memory = reinterpret_cast<std::byte *>(&req->misc);
    req->in.h.opcode = opcode_of(asks::background);
    req->in.h.nodeid = fuse::FUSE_ROOT_ID;
    req->in.numargs = 1;
    req->in.args[0] = {background_bytes - sizeof(fuse::fuse_in_header), memory};
    req->out.argvar = 1;
    req->out.numargs = 2;
    req->out.args[0] = {8, memory};
    req->out.args[1] = {background_last_bytes, memory + 8};
    req->end = end;
    fuse::request_send_background(p.m.fc, req);
}

long set_attribute(const play &p)
{
    static constexpr std::array<char, 64> value = {};
    return kernel::sys_setxattr(p.m.number, "a", "user.x", value.data(), value.size());
}

// The bytes are one page.
long read_file(const play &p)
{
    std::uintptr_t buffer = kernel::map_user_pages(kernel::current->mm, 1);
    long fd = kernel::sys_open(p.m.number, "a");
    return fd < 0 ? fd : kernel::sys_pread(static_cast<int>(fd), buffer, kernel::PAGE_SIZE, 0);
}

} // namespace

long ask(const play &p, asks what)
{
    switch (what) {
    case asks::setxattr:
        return set_attribute(p);
    case asks::read:
        return read_file(p);
    case asks::background:
        return kernel::in_syscall("background", [&]() -> long {
            send_in_background(p, end_noted);
            return 0;
        });
    case asks::lookup_twice:
        kernel::sys_stat(p.m.number, "a");
        [[fallthrough]];
    default:
        return kernel::sys_stat(p.m.number, "a");
    }
}

kernel::u32 opcode_of(asks what)
{
    switch (what) {
    case asks::setxattr:
        return fuse::FUSE_SETXATTR;
    case asks::read:
        return fuse::FUSE_READ;
    case asks::background:
        return fuse::FUSE_GETATTR;
    default:
        return fuse::FUSE_LOOKUP;
    }
}

void send_another(const play &p)
{
    send_in_background(p, end_unnoted);
}

void exhaust_pool(const play &p)
{
    for (int i = 0; i < parameter_of("pool"); ++i)
        send_another(p);
}

} // namespace interfuse::contract
