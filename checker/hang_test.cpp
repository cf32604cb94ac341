// A daemon that never answers excuses a sleeper, where the scenario says so: but nobody who was killed, or whose
// connection is dead. And who holds what each sleeper waits for.
#include <array>
#include <csignal>

#include <gtest/gtest.h>

#include "checker/runner.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/requester.hpp"
#include "scenarios/stage.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/rwsem.hpp"
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

using body = void (*)(const mount &, const mount &);
std::array<body, 2> bodies;

void build_two()
{
    mount first = mount_fuse(), second = mount_fuse();
    answer_init(first);
    answer_init(second);
    kernel::map_user_pages(first.daemon.mm, 1);
    spawn("one", first.daemon, [=] { bodies[0](first, second); });
    spawn("two", second.daemon, [=] { bodies[1](first, second); });
}

// The two take their steps in turn.
std::string end_of(body one, body two)
{
    scenario which{};
    which.name = "circle";
    which.parameters = with_common_parameters({});
    which.build = build_two;
    bodies = {one, two};
    runner runs({.which = &which, .parameters = complete_parameters(which, {}).values, .limits = {}});
    sim::last_first in_turn;
    sim::verdict found = runs.run(in_turn, 0).verdict;
    return found.kind == sim::verdict_kind::done ? "done" : found.message;
}

void mutex_then_write(const mount &first, const mount &)
{
    kernel::mutex_lock(&first.root->i_mutex);
    kernel::down_write(&first.fc->sbput_sem);
    kernel::up_write(&first.fc->sbput_sem);
    kernel::mutex_unlock(&first.root->i_mutex);
}

void read_then_mutex(const mount &first, const mount &)
{
    kernel::down_read(&first.fc->sbput_sem);
    kernel::mutex_lock(&first.root->i_mutex);
    kernel::mutex_unlock(&first.root->i_mutex);
    kernel::up_read(&first.fc->sbput_sem);
}

void write_then_mutex(const mount &first, const mount &)
{
    kernel::down_write(&first.fc->sbput_sem);
    kernel::mutex_lock(&first.root->i_mutex);
    kernel::mutex_unlock(&first.root->i_mutex);
    kernel::up_write(&first.fc->sbput_sem);
}

void mutex_then_read(const mount &first, const mount &)
{
    kernel::mutex_lock(&first.root->i_mutex);
    kernel::down_read(&first.fc->sbput_sem);
    kernel::up_read(&first.fc->sbput_sem);
    kernel::mutex_unlock(&first.root->i_mutex);
}

kernel::page *shared_page(const mount &first)
{
    return first.daemon.mm->table[0].pg;
}

void page_then_mutex(const mount &first, const mount &)
{
    kernel::lock_page(shared_page(first));
    kernel::mutex_lock(&first.root->i_mutex);
    kernel::mutex_unlock(&first.root->i_mutex);
    kernel::unlock_page(shared_page(first));
}

void mutex_then_page(const mount &first, const mount &)
{
    kernel::mutex_lock(&first.root->i_mutex);
    kernel::lock_page(shared_page(first));
    kernel::unlock_page(shared_page(first));
    kernel::mutex_unlock(&first.root->i_mutex);
}

void mutex_then_wait(const mount &first, const mount &)
{
    kernel::mutex_lock(&first.root->i_mutex);
    kernel::wait_on_page_locked(shared_page(first));
    kernel::mutex_unlock(&first.root->i_mutex);
}

void lock_both(const mount &first, const mount &second)
{
    kernel::spin_lock(&first.fc->lock);
    kernel::spin_lock(&second.fc->lock);
    kernel::spin_unlock(&second.fc->lock);
    kernel::spin_unlock(&first.fc->lock);
}

void lock_both_the_other_way(const mount &first, const mount &second)
{
    lock_both(second, first);
}

void unmount_second(const mount &, const mount &second)
{
    kernel::in_syscall("umount", [&]() -> long { return kernel::umount(second.number, {.lazy = true}); });
}

void read_for_ever(const mount &, const mount &second)
{
    rest_on(second.fc);
    kernel::wait_event(second.fc->waitq, [] { return false; });
}

TEST(Hang, IsWithADaemonThatReadsOfWhatIsUnmounted)
{
    EXPECT_EQ(
        end_of(unmount_second, read_for_ever),
        "the run hangs: two sleeps in read_for_ever (uninterruptible, on fc2->waitq), although the file system is "
        "unmounted");
}

TEST(Hang, NamesWhoHoldsWhatEachSleeperWaitsFor)
{
    EXPECT_EQ(end_of(mutex_then_write, read_then_mutex),
              "the run hangs: one sleeps in mutex_then_write (write lock, on fc->sbput_sem) held by two; two sleeps in "
              "read_then_mutex (mutex, on inode 1.i_mutex) held by one");
    EXPECT_EQ(end_of(mutex_then_read, write_then_mutex),
              "the run hangs: one sleeps in mutex_then_read (read lock, on fc->sbput_sem) held by two; two sleeps in "
              "write_then_mutex (mutex, on inode 1.i_mutex) held by one");
    EXPECT_EQ(
        end_of(page_then_mutex, mutex_then_page),
        "the run hangs: two sleeps in mutex_then_page (page lock, on page 0); one sleeps in page_then_mutex (mutex, on "
        "inode 1.i_mutex) held by two");
    EXPECT_EQ(
        end_of(page_then_mutex, mutex_then_wait),
        "the run hangs: two sleeps in mutex_then_wait (page lock, on page 0); one sleeps in page_then_mutex (mutex, on "
        "inode 1.i_mutex) held by two");
    EXPECT_EQ(end_of(lock_both, lock_both_the_other_way), "the run hangs: one sleeps in lock_both (spinlock, on "
                                                          "fc2->lock) held by two; two sleeps in lock_both (spinlock, "
                                                          "on fc->lock) held by one");
}

TEST(Hang, IsNoneWhereAllTakeTheirLocksInOneOrder)
{
    EXPECT_EQ(end_of(mutex_then_write, mutex_then_read), "done");
    EXPECT_EQ(end_of(page_then_mutex, page_then_mutex), "done");
    EXPECT_EQ(end_of(lock_both, lock_both), "done");
}

} // namespace
} // namespace interfuse
