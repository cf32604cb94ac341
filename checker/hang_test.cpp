// A daemon that never answers excuses a sleeper, where the scenario says so: but nobody who was killed, or whose
// connection is dead.
#include <csignal>

#include <gtest/gtest.h>

#include "checker/runner.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/requester.hpp"
#include "scenarios/stage.hpp"
#include "sim/testing_world.hpp"

namespace interfuse {
namespace {

using what_goes_wrong = void (*)(const mount &, task_struct *requester);

what_goes_wrong wrong = nullptr;

// Reads the request and keeps it; somebody else holds the device open for ever.
void take_and_leave(const mount &m, std::uintptr_t buffer, task_struct *requester)
{
    kernel::get_file(kernel::current->files->fd[static_cast<unsigned>(m.device)]);
    kernel::sys_read(m.device, buffer, 2 * kernel::PAGE_SIZE);
    if (wrong != nullptr)
        wrong(m, requester);
}

void build()
{
    mount m = mount_fuse();
    answer_init(m);
    task_struct *requester = start_looker("requester", m, "a");
    std::uintptr_t buffer = kernel::map_user_pages(m.daemon.mm, 2);
    spawn("daemon", m.daemon, [m, buffer, requester] { take_and_leave(m, buffer, requester); });
}

sim::verdict run_with(what_goes_wrong what)
{
    scenario which{};
    which.name = "silence";
    which.parameters = with_common_parameters({});
    which.build = build;
    which.may_stall = "the daemon does not answer";
    wrong = what;
    runner runs({.which = &which, .parameters = complete_parameters(which, {}).values, .limits = {}});
    sim::by_priority chooser({1, 2, 0});
    return runs.run(chooser, 0).verdict;
}

constexpr char sleeper[] = "the run hangs: requester sleeps in request_wait_answer (interruptible, on request 2.waitq)";

TEST(Silence, ExcusesWhoWaitsForAnAnswer)
{
    sim::verdict found = run_with(nullptr);
    EXPECT_EQ(sim::verdict_kind::stalled, found.kind);
    EXPECT_EQ(sleeper, found.message);
    EXPECT_EQ("request_send in fuse_lookup", found.caller);
}

TEST(Silence, DoesNotExcuseWhoWasKilled)
{
    sim::verdict found = run_with([](const mount &, task_struct *requester) {
        requester->pending.bits |= kernel::sigmask(SIGKILL); // and nobody wakes it
    });
    EXPECT_EQ(sim::verdict_kind::hung, found.kind);
    EXPECT_EQ(std::string(sleeper) + ", although it is killed", found.message);
    EXPECT_EQ("request_send in fuse_lookup, although it is killed", found.caller);
}

TEST(Silence, DoesNotExcuseWhoseConnectionIsDead)
{
    sim::verdict found = run_with([](const mount &m, task_struct *) {
        kernel::spin_lock(&m.fc->lock);
        m.fc->connected = 0; // and nobody ends the request
        kernel::spin_unlock(&m.fc->lock);
    });
    EXPECT_EQ(sim::verdict_kind::hung, found.kind);
    EXPECT_EQ(std::string(sleeper) + ", although fc->connected is 0", found.message);
    EXPECT_EQ("request_send in fuse_lookup, although fc->connected is 0", found.caller);
}

} // namespace
} // namespace interfuse
