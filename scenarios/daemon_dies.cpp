// A daemon that is killed.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

static void build()
{
    mount m = mount_fuse();
    answer_init(m);
    for (int i = 0; i < parameter_of("daemons"); ++i)
        start_killer("killer", start_worker("daemon", m));
    for (int i = 0; i < parameter_of("requesters"); ++i)
        start_looker("requester", m, "a", parameter_of("requests"));
}

scenario daemon_dies()
{
    return {
        .name = "daemon-dies",
        .question = "does every requester get away when the daemon is killed, and with it the device closed?",
        .expected = "requests under way end with ECONNABORTED, later ones with ENOTCONN",
        .parameters = with_common_parameters({
            {"requesters", 2, 1, 6, "tasks that look a name up"},
            {"requests", 1, 1, 8, "lookups of each requester, one after the other"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"faults", 1, 0, 8, "page faults that a run may contain"},
        }),
        .build = build,
    };
}

} // namespace interfuse
