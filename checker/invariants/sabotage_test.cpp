// Each invariant notices what breaks it, in these words; and the same arrangement with nobody breaking anything is
// clean.
#include <poll.h>

#include <ostream>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "checker/runner.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/requester.hpp"
#include "scenarios/stage.hpp"
#include "sim/kernel/signal.hpp"
#include "sim/run.hpp"
#include "sim/testing_world.hpp"

namespace interfuse {
namespace {

namespace fuse = kernel::fuse;
using fuse::fuse_conn;
using fuse::fuse_req;
using kernel::spin_lock;
using kernel::spin_unlock;

// Where the requester's request is when it is broken. The saboteur itself plays the daemon.
// At `answered` a worker has answered it, and stays.
enum class at { pending, sent, answered };

struct sabotage {
    const char *invariant;
    const char *message;
    at stage;
    void (*act)(fuse_conn *, fuse_req *);
};

std::ostream &operator<<(std::ostream &out, const sabotage &s)
{
    return out << s.invariant << ": " << s.message;
}

// Changes something under the lock, as the core would.
void locked(fuse_conn *fc, auto change)
{
    spin_lock(&fc->lock);
    change();
    sim::the_run.core_wrote = true;
    spin_unlock(&fc->lock);
}

kernel::inode *root = nullptr;

// A system call on the device that returns what it likes.
void pretend(const char *call, long result, std::size_t bytes = 100)
{
    kernel::on_file(call, 0, sim::place::here(), [&](kernel::file *) { return result; }, {nullptr, nullptr, 0, bytes, 0});
}

void pretend_to_ask(const char *call, long result)
{
    kernel::in_syscall(call, [&] { return result; });
}

const sabotage all_sabotage[] = {
    {"errno_contract", "stat returns ENOTCONN to saboteur although none of its requests ended so", at::pending,
     [](fuse_conn *, fuse_req *) { pretend_to_ask("stat", -ENOTCONN); }},
    {"errno_contract", "stat returns EINTR to saboteur although it is not being killed", at::pending,
     [](fuse_conn *, fuse_req *) { pretend_to_ask("stat", -EINTR); }},
    {"errno_contract", "open returns ENOMEM to saboteur although no allocation has failed", at::pending,
     [](fuse_conn *, fuse_req *) { pretend_to_ask("open", -ENOMEM); }},
    {"errno_contract", "read returns EAGAIN to saboteur although it may sleep", at::pending,
     [](fuse_conn *, fuse_req *) { pretend("read", -EAGAIN); }},
    {"errno_contract", "read returns ENODEV to saboteur although fc->connected is 1", at::pending,
     [](fuse_conn *, fuse_req *) { pretend("read", -ENODEV); }},
    {"errno_contract", "read returns 42 to saboteur although it has no request of that length to hand out", at::pending,
     [](fuse_conn *, fuse_req *) { pretend("read", 42); }},
    {"errno_contract", "read returns ENXIO to saboteur although the contract of read does not have it", at::pending,
     [](fuse_conn *, fuse_req *) { pretend("read", -ENXIO); }},
    {"errno_contract", "write returns 100 to saboteur although no request was answered", at::sent,
     [](fuse_conn *, fuse_req *) { pretend("write", 100); }},
    {"errno_contract", "write returns ENOENT to saboteur although neither is fc->connected 0 nor was its request "
                       "interrupted", at::sent, [](fuse_conn *, fuse_req *) { pretend("write", -ENOENT); }},
    {"errno_contract", "poll returns 4 to saboteur although the connection was in another state", at::sent,
     [](fuse_conn *, fuse_req *) { pretend("poll", POLLOUT); }},
    {"errno_contract", "request 2 ends with 0 although fc->connected is 1 and nobody has answered it", at::sent,
     [](fuse_conn *, fuse_req *req) { req->state = fuse::FUSE_REQ_FINISHED; }},
    {"ledger", "node 122 is forgotten 1 times but was looked up 0 times", at::sent,
     [](fuse_conn *fc, fuse_req *) {
         fuse::fuse_send_forget(fc, fuse::fuse_request_alloc(), 'z', 1);
         kernel::sys_read(0, kernel::user_base(), 2 * kernel::PAGE_SIZE);
     }},
    {"ledger", "node 122 is released 1 times but was opened 0 times", at::sent,
     [](fuse_conn *fc, fuse_req *) {
         fuse::fuse_send_release(fc, fuse::fuse_file_alloc(), 'z', root, 0, 0);
         kernel::sys_read(0, kernel::user_base(), 2 * kernel::PAGE_SIZE);
     }},
    {"ledger", "node 97 was looked up 1 times, but 0 were forgotten and its inode holds 2", at::answered,
     [](fuse_conn *, fuse_req *) {
         kernel::inode *node = kernel::iget_locked(root->i_sb, 'a');
         fuse::get_fuse_inode(node)->nlookup++;
         kernel::iput(node);
     }},
    {"stale_bytes", "page 2 is marked up to date although 120 bytes from 8 on were never written", at::pending,
     [](fuse_conn *, fuse_req *) {
         kernel::page *pg = kernel::alloc_page(kernel::GFP_KERNEL);
         kernel::memset(pg->data, 0, 8);
         kernel::SetPageUptodate(pg);
     }},
    {"hang", "the run hangs: daemon sleeps in request_wait (interruptible, on fc->waitq), a lost wakeup, since what it "
             "waits for is true: saboteur wrote fc->connected in operator()", at::answered,
     [](fuse_conn *fc, fuse_req *) { locked(fc, [&] { fc->connected = 0; }); }},
    {"list_membership", "request 2 is on fc->processing in state PENDING with 2 references", at::pending,
     [](fuse_conn *fc, fuse_req *req) { locked(fc, [&] { list_move(&req->list, &fc->processing); }); }},
    {"list_membership", "request 2 is in state SENT with 2 references but on no list", at::sent,
     [](fuse_conn *fc, fuse_req *req) { locked(fc, [&] { list_del_init(&req->list); }); }},
    {"list_membership", "fc->pending is corrupt at its entry 1", at::pending,
     [](fuse_conn *fc, fuse_req *req) { locked(fc, [&] { req->list.prev = &req->list; }); }},
    {"lists_locked", "fc->pending has changed while nobody held fc->lock", at::pending,
     [](fuse_conn *fc, fuse_req *req) {
         list_del_init(&req->list);
         locked(fc, [] {});
     }},
    {"connected", "request 2 enters fc->io although fc->connected is 0", at::pending,
     [](fuse_conn *fc, fuse_req *req) {
         locked(fc, [&] { fc->connected = 0; });
         locked(fc, [&] {
             req->state = fuse::FUSE_REQ_READING;
             list_move(&req->list, &fc->io);
         });
     }},
    {"cut_off", "request 2 is on fc->pending although whoever has cut the connection off is through", at::pending,
     [](fuse_conn *fc, fuse_req *) {
         kernel::in_syscall("abort", [&]() -> long {
             locked(fc, [&] { fc->connected = 0; });
             return 0;
         });
     }},
    {"interrupted", "request 2 is no longer interrupted, in state PENDING", at::pending,
     [](fuse_conn *fc, fuse_req *req) {
         locked(fc, [&] { req->interrupted = 1; });
         locked(fc, [&] { req->interrupted = 0; });
     }},
    {"interrupted", "request 2 was interrupted and moves to fc->processing all the same", at::sent,
     [](fuse_conn *fc, fuse_req *req) {
         locked(fc, [&] { list_move(&req->list, &fc->io); });
         locked(fc, [&] { req->interrupted = 1; });
         locked(fc, [&] { list_move(&req->list, &fc->processing); });
     }},
    {"background", "request 2 holds references in the background in state SENT, but is not on fc->background", at::sent,
     [](fuse_conn *fc, fuse_req *req) { locked(fc, [&] { req->background = 1; }); }},
    {"background", "request 2 is on fc->background without being a background request", at::sent,
     [](fuse_conn *fc, fuse_req *req) { locked(fc, [&] { list_add(&req->bg_entry, &fc->background); }); }},
    {"tokens", "there are 3 units of outstanding_sem instead of 2: 2 free, 0 on the way to a request, 1 with requests of "
               "the pool, 0 with others, less a debt of 0", at::pending,
     [](fuse_conn *fc, fuse_req *) { up(&fc->outstanding_sem); }},
    {"tokens_lost", "there are 1 units of outstanding_sem instead of 2: 0 free, 0 on the way to a request, 1 with requests "
                    "of the pool, 0 with others, less a debt of 0", at::pending,
     [](fuse_conn *fc, fuse_req *) { locked(fc, [&] { down_trylock(&fc->outstanding_sem); }); }},
    {"tokens", "fc->outstanding_debt is 1 while 2 units of outstanding_sem are free", at::pending,
     [](fuse_conn *fc, fuse_req *) {
         locked(fc, [&] {
             fc->outstanding_debt++;
             up(&fc->outstanding_sem);
         });
     }},
    {"num_waiting", "fc->num_waiting is 0, but 0 tasks wait for a request and 1 of the pool are in use", at::pending,
     [](fuse_conn *fc, fuse_req *) { atomic_dec(&fc->num_waiting); }},
    {"reference_count", "request 2 has a count of 3 but 2 owners: the transport, its requester requester", at::pending,
     [](fuse_conn *fc, fuse_req *req) {
         locked(fc, [&] {
             req->count.counter++;
             req->state = fuse::FUSE_REQ_READING;
             list_move(&req->list, &fc->io);
         });
     }},
    {"reference_owner", "saboteur drops a reference to request 2 that it does not own", at::sent,
     [](fuse_conn *, fuse_req *req) {
         atomic_dec(&req->count); // the transport's
         atomic_dec(&req->count);
     }},
    {"transition", "request 2 goes from PENDING to SENT", at::pending,
     [](fuse_conn *, fuse_req *req) { req->state = fuse::FUSE_REQ_SENT; }},
    {"locked", "request 2 is locked for copying after it was interrupted", at::sent,
     [](fuse_conn *, fuse_req *req) {
         req->interrupted = 1;
         req->locked = 1;
     }},
    {"locked", "saboteur looks for a page of the user's while request 2 is locked for copying", at::sent,
     [](fuse_conn *fc, fuse_req *req) {
         locked(fc, [&] {
             list_move(&req->list, &fc->io);
             req->locked = 1;
         });
         down_read(&kernel::current->mm->mmap_sem);
     }},
    {"connected_once", "fc->connected is set after it was cleared", at::pending,
     [](fuse_conn *fc, fuse_req *) {
         fc->connected = 0;
         fc->connected = 1;
     }},
};

const sabotage *active = nullptr; // none: nothing is broken

void act_at(at stage, const mount &m, std::uintptr_t buffer, task_struct *requester)
{
    if (stage == at::sent)
        kernel::sys_read(m.device, buffer, 2 * kernel::PAGE_SIZE);
    kernel::list_head *list = stage == at::sent ? &m.fc->processing : &m.fc->pending;
    fuse_req *req = stage != at::answered ? kernel::list_entry<&fuse_req::list>(list->next) : nullptr;
    if (active != nullptr)
        active->act(m.fc, req);
    kernel::sys_kill(requester, SIGKILL);
}

template <at Stage> void build()
{
    mount m = mount_fuse();
    root = m.root;
    answer_init(m);
    if (Stage == at::answered)
        start_worker("daemon", m);
    task_struct *requester = start_looker("requester", m, "a");
    std::uintptr_t buffer = kernel::map_user_pages(m.daemon.mm, 2);
    spawn("saboteur", m.daemon, [m, buffer, requester] { act_at(Stage, m, buffer, requester); });
}

sim::verdict run_with(const sabotage *one, at stage)
{
    scenario which{};
    which.name = "sabotage";
    which.parameters = with_common_parameters({});
    which.build = stage == at::answered ? build<at::answered>
                  : stage == at::sent   ? build<at::sent>
                                        : build<at::pending>;
    active = one;
    runner runs({.which = &which, .parameters = complete_parameters(which, {}).values, .limits = {}});
    sim::by_priority chooser({1, 2, 3, 0});
    return runs.run(chooser, 0).verdict;
}

class each_invariant : public testing::TestWithParam<sabotage> {};

TEST_P(each_invariant, says_what_was_broken)
{
    sim::verdict found = run_with(&GetParam(), GetParam().stage);
    EXPECT_EQ(GetParam().invariant == std::string_view("hang") ? sim::verdict_kind::hung : sim::verdict_kind::violation,
              found.kind);
    EXPECT_EQ(GetParam().invariant, found.invariant);
    EXPECT_EQ(GetParam().message, found.message);
}

INSTANTIATE_TEST_SUITE_P(invariants, each_invariant, testing::ValuesIn(all_sabotage),
                         [](const testing::TestParamInfo<sabotage> &info) {
                             return fmt::format("{}_{}", info.param.invariant, info.index);
                         });

TEST(invariants, are_content_when_nothing_is_broken)
{
    for (at stage : {at::pending, at::sent, at::answered}) {
        sim::verdict found = run_with(nullptr, stage);
        EXPECT_EQ(sim::verdict_kind::done, found.kind) << found.message;
    }
}

} // namespace
} // namespace interfuse
