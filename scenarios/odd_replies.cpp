// Lookups whose replies the kernel must refuse, or that contradict what it knows.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

static void build()
{
    static constexpr const char *names[] = {"v", "t", "b", "r", "z", "n", "h"};
    mount m = mount_fuse();
    answer_init(m);
    for (int i = 0; i < parameter_of("daemons"); ++i)
        start_worker("daemon", m);
    const char *name = names[parameter_of("name")];
    for (int i = 0; i < parameter_of("requesters"); ++i)
        start_looker("requester", m, name, parameter_of("requests"));
    for (int i = 0; i < parameter_of("openers"); ++i)
        start_opener("opener", m, name);
    for (int i = 0; i < parameter_of("forgets"); ++i)
        start_shrinker("memory pressure", m, name);
}

scenario odd_replies()
{
    return {
        .name = "odd-replies",
        .question = "what does the kernel make of nodes that change, of nodes that cannot be, and of none?",
        .expected = "an entry that leads to another node or type is looked up anew, and its count is given back; a bad "
                    "node or mode is EIO",
        .parameters = with_common_parameters({
            {"requesters", 1, 0, 6, "tasks that look the name up"},
            {"requests", 2, 1, 8, "lookups of each requester, one after the other"},
            {"openers", 1, 0, 4, "tasks that open the file and close it"},
            {"forgets", 0, 0, 4, "evictions of the inode"},
            {"name", 0, 0, 6,
             "0: of one of two nodes, 1: of one of two types, 2: of no type, 3: the root's node, 4: node 0, 5: ENOENT, "
             "6: a file too large to open"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
        }),
        .build = build,
        .goals = {
            {"a count is given back in the lookup's own request", passage{request_stage::finished, request_stage::pending, 2}},
        },
    };
}

} // namespace interfuse
