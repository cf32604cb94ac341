// Lookups whose replies the kernel must refuse, or that contradict what it knows.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

static void build()
{
    static constexpr const char *elsewhere[] = {"D/v", "D/t", "D/b", "D/r", "D/z", "D/n", "D/h",
                                                "D/y", "D/k", "D/o", "D/O", "D/p", "D/g", "D/i", "D/j"};
    static constexpr const char *names[] = {"v", "t", "b", "r", "z", "n", "h", "y", "k", "o", "O", "p", "g", "i", "j"};
    constexpr int special = 13;
    mount m = mount_fuse();
    answer_init(m);
    for (int i = 0; i < parameter_of("daemons"); ++i)
        start_worker("daemon", m);
    const char *name = names[parameter_of("name")];
    for (int i = 0; i < parameter_of("requesters"); ++i)
        start_looker("requester", m, name, parameter_of("requests"));
    for (int i = 0; i < parameter_of("aliases"); ++i)
        start_looker("looker elsewhere", m, elsewhere[parameter_of("name")], parameter_of("requests"));
    // The VFS would open a special file by itself, which is no matter of FUSE's.
    for (int i = 0; i < parameter_of("openers") && parameter_of("name") != special; ++i)
        start_opener("opener", m, name);
    for (int i = 0; i < parameter_of("users") && parameter_of("name") != special; ++i)
        start_user("user", m, name);
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
            {"aliases", 0, 0, 4, "tasks that look it up under the same name in another folder"},
            {"users", 0, 0, 4, "tasks that open the file, and read, write and sync it"},
            named_parameter("name",
                            {"moving", "changing", "typeless", "root", "none", "missing", "huge", "changing-direct",
                             "kept", "old", "old-folder", "short", "greedy", "special", "vanishing"},
                            "of one of two nodes, of one of two types, of no type, the root's node, node 0, ENOENT, too large "
                            "to open, of one of two types and direct, keeping its cache, of a daemon that cannot sync, so "
                            "a folder, taking half of a write, taking more than was written, neither file nor folder, or "
                            "there and then not"),
            {"daemons", 1, 1, 4, "workers of the daemon"},
        }),
        .build = build,
        .goals = {
            {"a count is given back in the lookup's own request", passage{request_stage::finished, request_stage::pending, 2}},
        },
    };
}

} // namespace interfuse
