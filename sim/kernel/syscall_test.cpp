#include "sim/kernel/syscall.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/bug.hpp"
#include "sim/kernel/lockless.hpp"
#include "sim/kernel/rwsem.hpp"
#include "sim/kernel/semaphore.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/kernel/testing_mount.hpp"
#include "sim/kernel/uio.hpp"

namespace kernel {
namespace {

struct process {
    files_struct *files;
    mm_struct *mm;
    wait_queue_head_t queue;
    lockless<int> ready;
    spinlock_t lock;
    mutex mtx;
    rw_semaphore rwsem;
    page *pg;
    long first, second;
    bool killed;
};

// A pipe of one byte: read waits for `ready`.
process *pipe_of(file *filp)
{
    return static_cast<process *>(filp->private_data.peek());
}

constexpr file_operations pipe_operations = {
    .read = [](file *filp, char *, size_t, loff_t *) -> ssize_t {
        process *all = pipe_of(filp);
        int err = wait_event_interruptible(all->queue, [all] { return all->ready != 0; });
        return err != 0 ? err : 1;
    },
    .readv = [](file *, const iovec *, unsigned long, loff_t *) -> ssize_t { return 11; },
    .write = [](file *filp, const char *, size_t bytes, loff_t *) -> ssize_t {
        pipe_of(filp)->ready = 1;
        wake_up(&pipe_of(filp)->queue);
        return static_cast<ssize_t>(bytes) + 1;
    },
    .poll = [](file *filp, poll_table *table) -> unsigned {
        poll_wait(filp, &pipe_of(filp)->queue, table);
        return pipe_of(filp)->ready != 0 ? POLLIN : 0;
    },
    .flush =
        [](file *) {
            calls->write('f');
            return 0;
        },
    .release =
        [](inode *, file *) {
            calls->write('r');
            return 0;
        },
};

void open_pipe(process &all)
{
    boot_fs();
    init_waitqueue_head(&all.queue);
    all.files = make_files();
    file *filp = alloc_file(&pipe_operations, nullptr, nullptr);
    filp->private_data = &all;
    install_fd(all.files, filp);
}

void write_pipe(process &all)
{
    all.ready = 1;
    wake_up(&all.queue);
}

template <typename Body> task_struct *spawn_in(process &all, Body body)
{
    return spawn(
        "thread", [&all, body] { body(all); }, nullptr, all.files);
}

template <typename Body> kernel_world<process> one_thread(Body body)
{
    return kernel_world<process>([body](process &all) {
        open_pipe(all);
        spawn_in(all, body);
    });
}

std::string held_at_end(void (*take)(process &))
{
    sim::verdict v = one_thread([take](process &all) {
                         all.pg = alloc_page(GFP_KERNEL);
                         in_syscall("careless", [&]() -> long {
                             take(all);
                             return 0;
                         });
                     }).run();
    EXPECT_NE(v.message.find("from careless"), std::string::npos) << v.message;
    return text_of(v);
}

TEST(Syscall, ReportsWhatIsHeldAtItsEnd)
{
    const char *held = "violation: held_at_syscall_end";
    EXPECT_EQ(held_at_end([](process &all) { spin_lock(&all.lock); }), held);
    EXPECT_EQ(held_at_end([](process &all) { kmap_atomic(all.pg, KM_USER1); }), held);
    EXPECT_EQ(held_at_end([](process &all) { mutex_lock(&all.mtx); }), held);
    EXPECT_EQ(held_at_end([](process &all) { down_read(&all.rwsem); }), held);
    EXPECT_EQ(held_at_end([](process &all) { down_write(&all.rwsem); }), held);
    EXPECT_EQ(held_at_end([](process &) { lock_kernel(); }), held);
    EXPECT_EQ(held_at_end([](process &) { set_current_state(TASK_INTERRUPTIBLE); }),
              "violation: asleep_at_syscall_end");
}

TEST(Syscall, EndsQuietlyWhenEverythingWasGivenBack)
{
    sim::verdict v = one_thread([](process &all) {
                         all.pg = alloc_page(GFP_KERNEL);
                         in_syscall("careful", [&]() -> long {
                             lock_kernel();
                             mutex_lock(&all.mtx);
                             spin_lock(&all.lock);
                             kunmap_atomic(kmap_atomic(all.pg, KM_USER1), KM_USER1);
                             spin_unlock(&all.lock);
                             mutex_unlock(&all.mtx);
                             unlock_kernel();
                             return 0;
                         });
                     }).run();
    EXPECT_EQ(text_of(v), "done");
}

outcome_set interrupted_read(int sig)
{
    kernel_world<process> w([sig](process &all) {
        open_pipe(all);
        task_struct *reader = spawn_in(all, [](process &all) {
            all.first = sys_read(0, 0, 1);
            all.killed = killed();
            if (!all.killed)
                all.second = sys_read(0, 0, 1);
        });
        spawn("sender", [reader, sig, &all] {
            sys_kill(reader, sig);
            write_pipe(all);
        });
    });
    return w.outcomes([](const process &all) { return fmt::format("{} {} {}", all.first, all.second, all.killed); });
}

TEST(Syscall, AHarmlessSignalIsEintrAndALaterCallGoesOn)
{
    EXPECT_EQ(interrupted_read(SIGINT), (outcome_set{"-4 1 false", "1 1 false"}));
}

TEST(Syscall, SigkillLetsUserSpaceDoNothingMore)
{
    EXPECT_EQ(interrupted_read(SIGKILL), (outcome_set{"-4 0 true", "1 0 true"}));
}

TEST(Syscall, AReadGoesOnWhenItIsWoken)
{
    kernel_world<process> w([](process &all) {
        open_pipe(all);
        spawn_in(all, [](process &all) { all.first = sys_read(0, 0, 1); });
        spawn("writer", [&all] { write_pipe(all); });
    });
    EXPECT_EQ(w.outcomes([](const process &all) { return std::to_string(all.first); }), outcome_set{"1"});
}

TEST(Syscall, OnADescriptorThatIsNotOpenIsEbadf)
{
    auto w = one_thread([](process &all) {
        all.first = sys_read(1, 0, 1);
        sys_close(0);
        all.second = sys_read(0, 0, 1) + sys_close(0) + sys_poll(-1, POLLIN, false) + sys_fasync(99, true);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->first, -EBADF);
    EXPECT_EQ(w->second, -4 * EBADF);
}

TEST(Syscall, ReportsACountBeyondWhatWasAskedFor)
{
    EXPECT_EQ(text_of(one_thread([](process &) { sys_write(0, 0, 5); }).run()), "violation: syscall_result");
    EXPECT_EQ(text_of(one_thread([](process &) {
                          iovec two[2] = {{nullptr, 4}, {nullptr, 6}};
                          sys_readv(0, two, 2);
                      }).run()),
              "violation: syscall_result");
    EXPECT_EQ(text_of(one_thread([](process &) {
                          iovec two[2] = {{nullptr, 4}, {nullptr, 7}};
                          sys_readv(0, two, 2);
                      }).run()),
              "done");
}

TEST(Syscall, CloseFlushesAndReleasesWhenNobodyElseUsesTheFile)
{
    auto w = one_thread([](process &all) { all.first = sys_close(0); });
    w.run();
    EXPECT_EQ(w->first, 0);
    EXPECT_EQ(calls_made(), "fr");
}

TEST(Syscall, ACloseBesideAReadReleasesAfterIt)
{
    kernel_world<process> w([](process &all) {
        open_pipe(all);
        write_pipe(all);
        spawn_in(all, [](process &all) {
            all.first = sys_read(0, 0, 1);
            calls->write('d');
        });
        spawn_in(all, [](process &) { sys_close(0); });
    });
    outcome_set seen = w.outcomes([](const process &all) { return fmt::format("{} {}", all.first, calls_made()); });
    for (const std::string &one : seen)
        EXPECT_TRUE(one.starts_with("1 ") || one.starts_with("-9 ")) << one;
    EXPECT_EQ(check_slabs_empty(), "");
}

TEST(Syscall, TheLastThreadsExitClosesTheFilesAndUnmapsTheMemory)
{
    kernel_world<process> w([](process &all) {
        open_pipe(all);
        all.mm = make_mm();
        map_user_pages(all.mm, 2);
        for (int i = 0; i < 2; ++i)
            spawn(
                "thread", [] { exit_task(); }, all.mm, all.files);
    });
    EXPECT_EQ(w.outcomes([](const process &) { return calls_made() + (any_page_in_use() ? " leaks" : ""); }),
              outcome_set{"fr"});
}

outcome_set poll_beside(void (*other)(process &))
{
    kernel_world<process> w([other](process &all) {
        open_pipe(all);
        spawn_in(all, [](process &all) {
            all.first = sys_poll(0, POLLIN, true);
            all.second = waitqueue_active(&all.queue);
        });
        spawn("other", [&all, other] { other(all); });
    });
    return w.outcomes([](const process &all) { return fmt::format("{} {}", all.first, all.second); });
}

TEST(Poll, IsWokenWhenTheFileGetsReadyUnderEverySchedule)
{
    EXPECT_EQ(poll_beside(write_pipe), outcome_set{"1 0"});
}

TEST(Poll, SleepsOnWhileNothingIsReady)
{
    EXPECT_EQ(poll_beside([](process &all) { wake_up(&all.queue); }), outcome_set{"hung"});
}

TEST(Poll, IsInterruptedByASignal)
{
    EXPECT_EQ(poll_beside([](process &) { send_sig(SIGINT, task_of(1)); }), outcome_set{"-4 0"});
}

TEST(Poll, WithoutWaitingSaysWhatIsReady)
{
    auto w = one_thread([](process &all) {
        all.first = sys_poll(0, POLLIN, false);
        write_pipe(all);
        all.second = sys_poll(0, POLLIN, false) + 10 * sys_poll(0, POLLOUT, false);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->first, 0);
    EXPECT_EQ(w->second, POLLIN);
}

TEST(Iovec, LengthIsThatOfAllSegments)
{
    iovec three[3] = {{nullptr, 4}, {nullptr, 0}, {nullptr, 7}};
    EXPECT_EQ(iov_length(three, 3), 11U);
    EXPECT_EQ(iov_length(three, 0), 0U);
}

} // namespace
} // namespace kernel
