// Files that are created and opened in one request.
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
        start_worker("daemon", m);
    static constexpr const char *names[] = {"n", "nh", "nb", "nr", "no", "nz", "nt"};
    static constexpr const char *elsewhere[] = {"D/n", "D/h", "D/b", "D/r", "D/o", "D/z", "D/t"};
    const char *name = names[parameter_of("kind")];
    for (int i = 0; i < parameter_of("creators"); ++i)
        if (task_struct *creator = start_creator("creator", m, name); i < parameter_of("killers"))
            start_killer("killer", creator, SIGKILL, pace::patient);
    for (int i = 0; i < parameter_of("forgets"); ++i)
        start_shrinker("memory pressure", m, name);
    for (int i = 0; i < parameter_of("finders"); ++i)
        start_looker("finder", m, elsewhere[parameter_of("kind")]);
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m);
}

scenario create()
{
    return {
        .name = "create",
        .question = "does a CREATE leave neither file nor node behind, whatever fails after its reply?",
        .expected = "the file is open, or RELEASE and then FORGET follow; a killed creator leaves both to the daemon",
        .parameters = with_common_parameters({
            {"creators", 1, 1, 4, "tasks that create a file and close it"},
            named_parameter("kind", {"plain", "huge", "bad", "root", "old", "none", "changing"},
                            "what the daemon makes of the file; old: it knows no CREATE; changing: of one of two types"),
            {"killers", 1, 0, 4, "tasks that kill one creator each"},
            {"forgets", 0, 0, 4, "evictions of the inode"},
            {"finders", 0, 0, 4, "tasks that find the same node in another folder"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"aborters", 0, 0, 4, "tasks that abort the connection"},
            {"oom", 1, 0, 8, "failed allocations that a run may contain"},
        }),
        .build = build,
        .goals = {
            {"CREATE is answered", passage{request_stage::sent, request_stage::finished, 35}},
            {"killed while CREATE is with the daemon", strike{disturbance::kill, request_stage::sent, 35}},
            {"killed while CREATE's reply is copied", strike{disturbance::kill, request_stage::replying, 35}},
            {"no memory for the inode of a CREATE", strike{disturbance::failed_allocation, request_stage::finished, 35}},
            {"FORGET follows the RELEASE of a CREATE in vain", passage{request_stage::prepared, request_stage::pending, 2}},
        },
    };
}

} // namespace interfuse
