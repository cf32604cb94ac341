// Mounts as part of the run, on devices that are fresh, in use, or none.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

enum class device : std::uint8_t { fresh, used, file };

static void start_mounters(process of, int on)
{
    for (int i = 0; i < parameter_of("mounters"); ++i)
        start_mounter("mounter", of, on);
}

static void build()
{
    auto which = static_cast<device>(parameter_of("device"));
    if (which == device::fresh) {
        process of = make_process();
        start_mounters(of, kernel::install_fd(of.files, open_device()));
        return;
    }
    mount m = mount_fuse();
    answer_init(m);
    start_worker("daemon", m);
    if (which == device::used) {
        start_mounters(m.daemon, m.device);
    } else {
        open_file file = open_before_run(m, "a");
        start_mounters(file.of, file.fd);
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
            named_parameter("device", {"fresh", "used", "file"},
                            "a device of nobody's, that of a mounted file system, or a file that is no device"),
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
