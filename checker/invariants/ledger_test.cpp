// What the ledger makes of requests that somebody else answers before the read that handed them out has returned.
#include "checker/invariants/testing_sabotage.hpp"
#include "sim/kernel/semaphore.hpp"

namespace interfuse {
namespace {

struct meeting {
    kernel::semaphore request_is_read, colleague_is_through;
};

meeting *between;
bool answers; // the colleague answers the request before it closes the file

// Reads a request, and returns to user space only when the colleague is through.
void read_and_linger()
{
    iovec into = {reinterpret_cast<void *>(kernel::user_base()), 2 * kernel::PAGE_SIZE};
    kernel::file_call call = {nullptr, &into, 1, into.iov_len, 0};
    kernel::on_file(
        "readv", 0, kernel::place::here(),
        [&](kernel::file *device) {
            loff_t offset = 0;
            long got = device->f_op->readv(device, &into, 1, &offset);
            kernel::up(&between->request_is_read);
            kernel::down(&between->colleague_is_through);
            return got;
        },
        call);
}

void play_colleague(fuse_conn *fc)
{
    auto in_kernel = [](auto body) {
        kernel::in_syscall("meet", [&]() -> long {
            body();
            return 0;
        });
    };
    in_kernel([] { kernel::down(&between->request_is_read); });
    if (answers)
        reply(4, -EIO);
    release_z(fc, 5, 0);
    in_kernel([] { kernel::up(&between->colleague_is_through); });
}

// Request 3 opens node z as file 5; request 4 syncs that.
void build_early_answer()
{
    mount m = mount_fuse();
    root = m.root;
    answer_init(m);
    between = static_cast<meeting *>(sim::allocate(sizeof(meeting)));
    kernel::sema_init(&between->request_is_read, 0);
    kernel::sema_init(&between->colleague_is_through, 0);
    requester = start_looker("requester", m, "a");
    kernel::map_user_pages(m.daemon.mm, 2);
    spawn("reader", m.daemon, [m] {
        read_next();
        open_z(m.fc, 5);
        ask(m.fc, fuse::FUSE_FSYNC, 5);
        read_and_linger();
        kernel::sys_kill(requester, SIGKILL);
    });
    spawn("colleague", m.daemon, [m] { play_colleague(m.fc); });
}

sim::verdict run_colleague(bool that_answers)
{
    answers = that_answers;
    scenario which{};
    which.name = "early answer";
    which.parameters = with_common_parameters({});
    which.build = build_early_answer;
    runner runs({.which = &which, .parameters = complete_parameters(which, {}).values, .limits = {}});
    sim::by_priority chooser({1, 2, 3, 0});
    return runs.run(chooser, 0).verdict;
}

} // namespace

TEST(Ledger, PassesOverTheFileOfARequestThatWasAnsweredBeforeItsReadReturned)
{
    sim::verdict found = run_colleague(true);
    EXPECT_EQ(found.kind, sim::verdict_kind::done) << found.message;
}

TEST(Ledger, LooksAtTheFileOfARequestThatStillAwaitsItsAnswer)
{
    sim::verdict found = run_colleague(false);
    EXPECT_EQ(found.invariant, "ledger");
    EXPECT_EQ(found.message, "FSYNC of node 122 names file 5, which is not open");
}

} // namespace interfuse
