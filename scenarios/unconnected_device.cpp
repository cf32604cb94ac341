// A device that nobody has mounted anything with.
#include "scenarios/all.hpp"
#include "scenarios/stage.hpp"
#include "sim/kernel/mm.hpp"
#include "sim/kernel/poll.hpp"

namespace interfuse {

static void use_device(int device, std::uintptr_t buffer)
{
    constexpr size_t bytes = 16;
    if (kernel::sys_read(device, buffer, bytes) == -EPERM)
        reached("read is refused");
    if (kernel::sys_write(device, buffer, bytes) == -ENODEV)
        reached("write is refused");
    if (kernel::sys_poll(device, POLLIN, false) == POLLERR)
        reached("poll tells of an error");
    if (kernel::sys_fasync(device, true) == -ENODEV)
        reached("SIGIO is refused");
}

static void build()
{
    process of = make_process();
    int device = kernel::install_fd(of.files, open_device());
    std::uintptr_t buffer = kernel::map_user_pages(of.mm, 1);
    for (int i = 0; i < parameter_of("users"); ++i)
        spawn("user", of, [device, buffer] { use_device(device, buffer); });
}

scenario unconnected_device()
{
    return {
        .name = "unconnected-device",
        .question = "does a device without a connection refuse whatever it is asked?",
        .expected = "each system call ends at once with the error that the contract names",
        .parameters = with_common_parameters({{"users", 2, 1, 4, "tasks of the process that has the device open"}}),
        .build = build,
        .goals = {{"read is refused"}, {"write is refused"}, {"poll tells of an error"}, {"SIGIO is refused"}},
    };
}

} // namespace interfuse
