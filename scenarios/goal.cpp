// Names of disturbances, stages and operations.
#include "scenarios/goal.hpp"

#include <array>

#include "sim/run.hpp"

namespace interfuse {

std::string_view name_of(disturbance by)
{
    static constexpr std::array<std::string_view, disturbances> names = {
        "kill",    "signal",   "daemon-kill", "abort",       "close",
        "unmount", "shutdown", "page-fault",  "bad-address", "failed-allocation"};
    return names[static_cast<unsigned>(by)];
}

std::string_view name_of(request_stage at)
{
    static constexpr std::array<std::string_view, request_stages> names = {
        "none", "waiting", "prepared", "pending", "reading", "sent", "replying", "left-behind", "finished"};
    return names[static_cast<unsigned>(at)];
}

std::string_view name_of_opcode(unsigned opcode)
{
    static constexpr std::array<std::string_view, opcodes> names = {
        "any",      "LOOKUP",  "FORGET",  "GETATTR", "SETATTR",    "READLINK",  "SYMLINK",     "",
        "MKNOD",    "MKDIR",   "UNLINK",  "RMDIR",   "RENAME",     "LINK",      "OPEN",        "READ",
        "WRITE",    "STATFS",  "RELEASE", "",        "FSYNC",      "SETXATTR",  "GETXATTR",    "LISTXATTR",
        "REMOVEXATTR", "FLUSH", "INIT",   "OPENDIR", "READDIR",    "RELEASEDIR", "FSYNCDIR",   "",
        "",         "",        "ACCESS",  "CREATE"};
    return opcode < opcodes ? names[opcode] : "";
}

void reached(const char *name)
{
    sim::emit(sim::event_kind::mark, name, 0, sim::place::here());
}

} // namespace interfuse
