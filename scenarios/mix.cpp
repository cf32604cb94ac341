// Any combination of actors, by parameters.
#include <array>

#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/operation.hpp"
#include "scenarios/requester.hpp"
#include "scenarios/split_daemon.hpp"
#include "sim/kernel/namei.hpp"

namespace interfuse {

namespace {

template <typename Start> void start_some(const char *parameter, Start start)
{
    for (int i = 0; i < parameter_of(parameter); ++i)
        start(i);
}

parameter with_need(parameter of, std::vector<const char *> needs)
{
    of.needs = std::move(needs);
    return of;
}

bool is_set(const char *parameter)
{
    return parameter_of(parameter) != 0;
}

// Whether files are opened in the run and not before: INIT is still to be answered, or OPEN does not fit the buffer.
bool opens_in_run()
{
    constexpr int open_bytes = 48;
    int buffer = parameter_of("buffer");
    return is_set("init") || (buffer != 0 && buffer < open_bytes);
}

void start_daemon(const mount &m, crew *daemon)
{
    worker_options options;
    options.read_bytes = static_cast<std::uint32_t>(parameter_of("buffer"));
    options.pages = static_cast<unsigned>(parameter_of("pages"));
    options.segments = static_cast<unsigned>(parameter_of("segments"));
    options.slow = is_set("slow");
    options.replies = is_set("misbehave") ? bad_reply::any : bad_reply::none;
    options.gives_up = is_set("misbehave");
    options.colleagues = daemon;
    if (is_set("split"))
        start_split_daemon(m, static_cast<unsigned>(parameter_of("daemons")), *daemon, options);
    else
        start_some("daemons", [&](int) { daemon->add(start_worker("daemon", m, options)); });
}

// A file that is open already and is closed, and an inode that is in memory already and is evicted, if that can be.
void start_endings(const mount &m)
{
    start_some("releases", [&](int) {
        if (opens_in_run())
            start_opener("closer of a file", m, "a");
        else
            start_file_closer("closer of a file", open_before_run(m, "a", make_process()), pace::patient);
    });
    if (is_set("forgets") && !opens_in_run())
        kernel::sys_stat(m.number, "f");
    start_some("forgets", [&](int) {
        if (opens_in_run())
            start_forgetter("memory pressure", m, "f");
        else
            start_shrinker("memory pressure", m, "f", pace::patient);
    });
}

void start_requesters(const mount &m, crew &victims)
{
    task_of_operations work{
        .what = static_cast<operation>(parameter_of("op")),
        .times = parameter_of("requests"),
        .pages = static_cast<unsigned>(parameter_of("pages")),
        .opens_itself = opens_in_run(),
    };
    start_some("requesters", [&](int) { victims.add(start_operator("requester", m, work)); });
    work.what = operation::read;
    work.times = 1;
    start_some("async", [&](int) { victims.add(start_operator("asynchronous reader", m, work)); });
}

void start_killer_of(const char *name, task_struct *victim)
{
    constexpr std::array<int, 3> then = {0, SIGKILL, SIGUSR1};
    if (int sig = then[static_cast<unsigned>(parameter_of("insist"))]; sig != 0)
        start_insistent_killer(name, victim, sig);
    else
        start_killer(name, victim, SIGKILL, pace::patient);
}

void start_disturbances(const mount &m, crew *daemon, const crew &victims)
{
    auto victim = [&](int i) { return victims.tasks[static_cast<unsigned>(i) % victims.count]; };
    start_some("aborters", [&](int) { start_aborter("aborter", m, pace::patient); });
    start_some("killers", [&](int i) { start_killer_of("killer", victim(i)); });
    start_some("signals", [&](int i) { start_killer("signaller", victim(i), SIGUSR1, pace::patient); });
    start_some("unmounters",
               [&](int) { start_unmounter("unmounter", m, {.lazy = is_set("lazy")}, pace::patient); });
    if (is_set("late"))
        start_failures("failures");
    start_some("pollers", [&](int) { daemon->add(start_poller("poller", m)); });
    start_some("mappers", [&](int) { daemon->add(start_mapper("mapper", m)); });
    start_some("closers",
               [&](int) { daemon->add(start_closer("closer", m, daemon, closing::either, pace::patient)); });
}

void build()
{
    auto pages = static_cast<unsigned>(parameter_of("pages"));
    auto bytes = static_cast<std::uint32_t>(pages * kernel::PAGE_SIZE);
    mount m = mount_fuse({.max_read = bytes});
    if (!is_set("init"))
        answer_init(m, {.async_read = is_set("async"), .max_write = bytes, .pages_ahead = pages});
    crew *daemon = make_crew();
    crew victims{};
    start_daemon(m, daemon);
    start_requesters(m, victims);
    start_endings(m);
    start_disturbances(m, daemon, victims);
}

} // namespace

// The most of each add up to the tasks that a world has room for.
scenario mix()
{
    return {
        .name = "mix",
        .question = "does it hold for a combination of actors that nobody wrote down?",
        .expected = "every request ends, and the daemon and the kernel agree on what was opened and looked up",
        .parameters = with_common_parameters({
            {"requesters", 1, 1, 4, "tasks that send requests and wait for them"},
            {"requests", 1, 1, 8, "requests of each requester, one after the other"},
            named_parameter("op", names_of_operations(), "what the requesters ask for"),
            {"async", 0, 0, 2, "tasks whose reads are sent in the background"},
            {"releases", 0, 0, 2, "files that are closed"},
            {"forgets", 0, 0, 2, "evictions of an inode"},
            {"daemons", 1, 1, 3, "workers of the daemon"},
            {"split", 0, 0, 1, "as many readers of the device and as many writers in place of workers"},
            {"aborters", 0, 0, 2, "tasks that abort the connection"},
            {"killers", 0, 0, 4, "SIGKILL to a requester"},
            with_need(named_parameter("insist", {"no", "kill", "signal"}, "what a killer sends behind it"), {"killers"}),
            {"signals", 0, 0, 2, "another signal to a requester"},
            {"closers", 0, 0, 1, "the daemon is killed or closes the device"},
            {"unmounters", 0, 0, 2, "tasks that unmount"},
            with_need({"lazy", 0, 0, 1, "they unmount lazily"}, {"unmounters"}),
            {"pollers", 0, 0, 2, "tasks of the daemon that poll the device and ask for SIGIO"},
            {"mappers", 0, 0, 1, "tasks of the daemon that take mmap_sem for writing"},
            {"init", 0, 0, 1, "the INIT handshake is part of the run; else it is over"},
            {"pages", 1, 1, 32, "pages of a read or write"},
            read_buffer_parameter(8192),
            {"slow", 0, 0, 1, "the pages of the daemon's read buffers take their time to be read in"},
            with_need({"late", 0, 0, 1,
                       "faults, efaults and oom begin after a while, so that more than the first requests meet them"},
                      {"faults", "efaults", "oom"}),
            {"segments", 1, 1, 8, "pieces of the daemon's buffers, for readv and writev; 1: read and write"},
            {"misbehave", 0, 0, 1, "the daemon may send replies that are refused; then a good one, or it closes the device"},
        }),
        .build = build,
        .goals = {{"answered", passage{request_stage::sent, request_stage::finished}}},
    };
}

} // namespace interfuse
