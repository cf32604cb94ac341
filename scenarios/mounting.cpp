// Mounts as part of the run, on devices that are fresh, in use, or none.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

enum class device : std::uint8_t { fresh, used, file, closed };

static crew start_mounters(process of, int on, int count)
{
    crew mounters{};
    for (int i = 0; i < count; ++i)
        mounters.add(start_mounter("mounter", of, on));
    return mounters;
}

static void start_pollers(process of, int device)
{
    for (int i = 0; i < parameter_of("pollers"); ++i)
        spawn("poller", of, [device] { kernel::sys_poll(device, POLLIN, false); });
}

// A device that several processes may have open, and its first mount, which somebody is to disturb.
static void mount_fresh(bool is_closed)
{
    process of = make_process();
    kernel::file *opened = open_device();
    int device = kernel::install_fd(of.files, opened);
    crew with_device = start_mounters(of, device, is_closed ? 1 : parameter_of("mounters"));
    start_pollers(of, device);
    if (is_closed)
        with_device.add(start_device_closer("closer", of, device));
    for (int i = 0; i < parameter_of("aborters"); ++i) {
        process further = make_process();
        kernel::get_file(opened);
        with_device.add(start_aborter_of_device("aborter", further, kernel::install_fd(further.files, opened)));
    }
    auto strike = [&](const char *parameter, int sig) {
        for (int i = 0; i < parameter_of(parameter); ++i)
            start_killer(parameter, with_device.tasks[static_cast<unsigned>(i) % with_device.count], sig, pace::patient);
    };
    strike("killers", SIGKILL);
    strike("signals", SIGUSR1);
}

static void build()
{
    auto which = static_cast<device>(parameter_of("device"));
    if (which == device::fresh || which == device::closed) {
        mount_fresh(which == device::closed);
        return;
    }
    mount m = mount_fuse();
    answer_init(m);
    start_worker("daemon", m);
    if (which == device::used) {
        start_mounters(m.daemon, m.device, parameter_of("mounters"));
    } else {
        open_file file = open_before_run(m, "a");
        start_mounters(file.of, file.fd, parameter_of("mounters"));
    }
    start_looker("requester", m, "a");
}

scenario mounting()
{
    return {
        .name = "mounting",
        .question = "does a mount that fails leave nothing behind, wherever it fails?",
        .expected = "one mount succeeds on a fresh device, and none on another file; the device's references are given back",
        .parameters = with_common_parameters({
            {"mounters", 2, 1, 3, "tasks of one process that mount the same descriptor"},
            named_parameter("device", {"fresh", "used", "file", "closed"},
                            "a device of nobody's, that of a mounted file system, a file that is no device, or a device "
                            "that is mounted by one task and then closed by another"),
            {"aborters", 0, 0, 2, "tasks that abort the connection of a fresh device"},
            {"pollers", 0, 0, 2, "tasks that poll a fresh device meanwhile"},
            {"killers", 0, 0, 6, "SIGKILL to one of these each, to mounters first"},
            {"signals", 0, 0, 6, "another signal to one of these each"},
            {"oom", 1, 0, 8, "failed allocations that a run may contain"},
        }),
        .build = build,
        .goals = {
            {"INIT is sent", passage{request_stage::prepared, request_stage::pending, 26}},
            {"no memory for a connection", happening{sim::event_kind::alloc_failed, "new_conn"}},
            {"no memory for a request of the pool", happening{sim::event_kind::alloc_failed, "fuse_request_alloc"}},
            {"no memory for the root", happening{sim::event_kind::alloc_failed, "fuse_alloc_inode"}},
            {"no memory for the root's name", happening{sim::event_kind::alloc_failed, "fuse_fill_super"}},
        },
    };
}

} // namespace interfuse
