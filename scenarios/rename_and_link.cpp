// Names that change while requests are under way.
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
        start_worker("daemon", m, {.takes_time = parameter_of("slow") != 0});
    auto start_some = [](const char *parameter, auto start) {
        for (int i = 0; i < parameter_of(parameter); ++i)
            if (task_struct *changer = start(); i < parameter_of("killers"))
                start_killer("killer", changer, SIGKILL, pace::patient);
    };
    static constexpr const char *linkable[] = {"a", "v", "t", "q"};
    const char *linked = linkable[parameter_of("linked")];
    static constexpr const char *elsewhere[] = {"E/a", "E/v", "E/t", "E/q"};
    const char *target = parameter_of("onto") != 0 ? "D/c" : "D/n";
    start_some("renamers", [&] { return start_renamer("renamer", m, "a", target); });
    start_some("linkers", [&] { return start_linker("linker", m, linked, "D/n"); });
    start_some("unlinkers", [&] { return start_unlinker("unlinker", m, "a"); });
    for (int i = 0; i < parameter_of("requesters"); ++i)
        start_looker("requester", m, "D/n");
    for (int i = 0; i < parameter_of("finders"); ++i)
        start_looker("finder", m, elsewhere[parameter_of("linked")]);
    for (int i = 0; i < parameter_of("forgets"); ++i)
        start_shrinker("memory pressure", m, "D", pace::patient);
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m);
}

scenario rename_and_link()
{
    return {
        .name = "rename-and-link",
        .question = "do requests that concern two inodes keep both until they are answered?",
        .expected = "RENAME holds both directories, LINK directory and inode, also when the requester was killed",
        .parameters = with_common_parameters({
            {"renamers", 1, 0, 4, "tasks that move a file to another directory"},
            {"linkers", 1, 0, 4, "tasks that give it a second name there"},
            named_parameter("linked", {"plain", "moving", "changing", "root"},
                            "what gets the second name: a file, one of two nodes, one of two types, or what then "
                            "claims to be the root"),
            {"onto", 0, 0, 1, "whether there is a file already where one is moved to"},
            {"unlinkers", 1, 0, 4, "tasks that remove it"},
            {"requesters", 0, 0, 6, "tasks that look its second name up"},
            {"finders", 0, 0, 4, "tasks that find what is linked in a third directory"},
            {"killers", 1, 0, 4, "tasks that kill one of each of the former"},
            {"forgets", 1, 0, 4, "evictions of the directory where they move and link it to"},
            {"daemons", 2, 1, 4, "workers of the daemon; a second one reads what comes while the first works"},
            {"slow", 1, 0, 1, "whether they take their time to answer"},
            {"aborters", 0, 0, 4, "tasks that abort the connection"},
        }),
        .build = build,
        .goals = {
            {"killed while RENAME is with the daemon", strike{disturbance::kill, request_stage::sent, 12}},
            {"killed while RENAME's reply is copied", strike{disturbance::kill, request_stage::replying, 12}},
            {"killed while LINK is with the daemon", strike{disturbance::kill, request_stage::sent, 13}},
            {"killed while LINK's reply is copied", strike{disturbance::kill, request_stage::replying, 13}},
            {"FORGET is read", passage{request_stage::reading, request_stage::finished, 2}},
        },
    };
}

} // namespace interfuse
