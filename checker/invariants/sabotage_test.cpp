// Each invariant notices what breaks it, in these words; and the same arrangement with nobody breaking anything is
// clean. Those of the errno contract have a test of their own.
#include "checker/invariants/testing_sabotage.hpp"
#include "sim/kernel/slab.hpp"

namespace interfuse {
namespace {

const sabotage all_sabotage[] = {
    {"ledger", "node 122 is forgotten 1 times but was looked up 0 times", at::sent,
     [](fuse_conn *fc, fuse_req *) {
         fuse::fuse_send_forget(fc, fuse::fuse_request_alloc(), 'z', 1);
         read_next();
     }},
    {"ledger", "node 122 is released 1 times but was opened 0 times", at::sent,
     [](fuse_conn *fc, fuse_req *) {
         fuse::fuse_send_release(fc, fuse::fuse_file_alloc(), 'z', root, 0, 0);
         read_next();
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
    {"hang",
     "the run hangs: daemon sleeps in request_wait (interruptible, on fc->waitq), a lost wakeup, since what it "
     "waits for is true: saboteur wrote fc->connected in operator()",
     at::answered, [](fuse_conn *fc, fuse_req *) { locked(fc, [&] { fc->connected = 0; }); }},
    {"list_membership", "request 2 is on fc->processing in state PENDING with 2 references", at::pending,
     [](fuse_conn *fc, fuse_req *req) { locked(fc, [&] { list_move(&req->list, &fc->processing); }); }},
    {"list_membership", "request 2 is in state SENT with 2 references but on no list", at::sent,
     [](fuse_conn *fc, fuse_req *req) { locked(fc, [&] { list_del_init(&req->list); }); }},
    {"list_membership", "fc->pending is corrupt at its entry 1", at::pending,
     [](fuse_conn *fc, fuse_req *req) { locked(fc, [&] { req->list.prev = &req->list; }); }},
    {"list_membership", "request 2 is on two lists, one is fc->processing", at::sent,
     [](fuse_conn *fc, fuse_req *req) { locked(fc, [&] { list_add(&req->list, &fc->pending); }); }},
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
    {"tokens",
     "there are 3 units of outstanding_sem instead of 2: 2 free, 0 on the way to a request, 1 with requests of "
     "the pool, 0 with others, less a debt of 0",
     at::pending, [](fuse_conn *fc, fuse_req *) { up(&fc->outstanding_sem); }},
    {"tokens_lost",
     "there are 1 units of outstanding_sem instead of 2: 0 free, 0 on the way to a request, 1 with requests "
     "of the pool, 0 with others, less a debt of 0",
     at::pending, [](fuse_conn *fc, fuse_req *) { locked(fc, [&] { down_trylock(&fc->outstanding_sem); }); }},
    {"tokens", "fc->outstanding_debt is 1 while 2 units of outstanding_sem are free", at::pending,
     [](fuse_conn *fc, fuse_req *) {
         locked(fc, [&] {
             fc->outstanding_debt++;
             up(&fc->outstanding_sem);
         });
     }},
    {"num_waiting", "fc->num_waiting is 0, but 0 tasks wait for a request and 1 of the pool are in use", at::pending,
     [](fuse_conn *fc, fuse_req *) { atomic_dec(&fc->num_waiting); }},
    {"num_waiting", "fc->unused_list holds 3 requests, but the pool has 2", at::answered,
     [](fuse_conn *fc, fuse_req *) {
         fuse_req *own = fuse::fuse_request_alloc();
         locked(fc, [&] {
             atomic_dec(&fc->num_waiting);
             list_add(&own->list, &fc->unused_list);
             up(&fc->outstanding_sem);
         });
     }},
    {"reference_count", "request 2 has a count of 3 but 2 owners: the transport, its requester requester", at::pending,
     [](fuse_conn *fc, fuse_req *req) {
         locked(fc, [&] {
             req->count.counter++;
             req->state = fuse::FUSE_REQ_READING;
             list_move(&req->list, &fc->io);
         });
     }},
    {"reference_count", "spare request in slot 3 has a count of 1 but 0 owners: nobody", at::pending,
     [](fuse_conn *fc, fuse_req *) {
         fuse_req *own = fuse::fuse_request_alloc();
         locked(fc, [&] {
             atomic_dec(&own->count);
             own->count.counter++;
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
    {"argument_memory",
     "request 2 is locked for copying, but requester, whose stack holds its arguments, has left its "
     "system call",
     at::sent,
     [](fuse_conn *, fuse_req *req) {
         kernel::sys_kill(requester, SIGKILL);
         req->interrupted = 0;
         req->locked = 1;
     }},
    {"end_once", "the end of request 2 is called twice", at::sent,
     [](fuse_conn *fc, fuse_req *req) {
         req->end = static_cast<void (*)(fuse_conn *, fuse_req *)>([](fuse_conn *, fuse_req *) {});
         req->end(fc, req);
         req->end(fc, req);
     }},
    {"end_after_copy", "saboteur calls the end of request 2 while it is locked for copying", at::sent,
     [](fuse_conn *fc, fuse_req *req) {
         req->end = static_cast<void (*)(fuse_conn *, fuse_req *)>([](fuse_conn *, fuse_req *) {});
         locked(fc, [&] {
             list_move(&req->list, &fc->io);
             req->locked = 1;
         });
         req->end(fc, req);
     }},
    {"ledger", "the daemon reads request 2 for the second time", at::sent,
     [](fuse_conn *fc, fuse_req *) {
         fc->reqctr--;
         fuse::fuse_send_forget(fc, fuse::fuse_request_alloc(), 'z', 0);
         read_next();
     }},
    {"ledger", "node 1 is forgotten while the daemon works on request 2 on it", at::sent,
     [](fuse_conn *fc, fuse_req *) {
         fuse::fuse_send_forget(fc, fuse::fuse_request_alloc(), fuse::FUSE_ROOT_ID, 0);
         read_next();
     }},
    {"ledger", "file 5 of node 122 is released while the daemon works on request 4 on it", at::sent,
     [](fuse_conn *fc, fuse_req *) {
         open_z(fc, 5);
         ask(fc, fuse::FUSE_READ, 5);
         read_next();
         release_z(fc, 5, 0);
     }},
    {"ledger", "RELEASE of node 122 names file 0, which is not open", at::sent,
     [](fuse_conn *fc, fuse_req *) {
         open_z(fc, 5);
         release_z(fc, 0, 0);
     }},
    {"ledger", "RELEASEDIR of node 122 names file 5, which OPEN has opened", at::sent,
     [](fuse_conn *fc, fuse_req *) {
         open_z(fc, 5);
         release_z(fc, 5, 1);
     }},
    {"ledger", "FSYNC of node 122 names file 6, which is not open", at::sent,
     [](fuse_conn *fc, fuse_req *) {
         open_z(fc, 5);
         ask(fc, fuse::FUSE_FSYNC, 6);
         read_next();
     }},
    {"ledger", "FSYNCDIR of node 122 names file 5, which OPEN has opened", at::sent,
     [](fuse_conn *fc, fuse_req *) {
         open_z(fc, 5);
         ask(fc, fuse::FUSE_FSYNCDIR, 5);
         read_next();
     }},
    {"ledger", "node 122 was opened 1 times, but 0 were released and 0 are open", at::answered,
     [](fuse_conn *fc, fuse_req *) {
         fuse_req *req = ask(fc, fuse::FUSE_OPEN, 0);
         req->out.numargs = 1;
         req->out.args[0] = {sizeof(fuse::fuse_open_out), &req->misc};
     }},
    {"list_membership", "fc->pending is corrupt at its end", at::pending,
     [](fuse_conn *fc, fuse_req *) { locked(fc, [&] { fc->pending.prev = &fc->pending; }); }},
    {"list_membership", "fc->io holds something that is no request", at::pending,
     [](fuse_conn *fc, fuse_req *) {
         auto *stray = static_cast<kernel::list_head *>(kernel::kmalloc(sizeof(kernel::list_head), kernel::GFP_KERNEL));
         locked(fc, [&] { list_add(stray, &fc->io); });
     }},
    {"list_membership", "request 2 is on fc->processing in state SENT, locked, with 2 references", at::sent,
     [](fuse_conn *fc, fuse_req *req) { locked(fc, [&] { req->locked = 1; }); }},
    {"background", "request 2 is over but still on fc->background", at::answered,
     [](fuse_conn *fc, fuse_req *) {
         locked(fc, [&] {
             fuse_req *last = kernel::list_entry<&fuse_req::list>(fc->unused_list.next);
             list_add(&last->bg_entry, &fc->background);
         });
     }},
    {"background", "request 2 is put on fc->background after it has finished", at::sent,
     [](fuse_conn *fc, fuse_req *req) {
         reply(2, -ENOENT);
         locked(fc, [&] {
             req->background = 1;
             list_add(&req->bg_entry, &fc->background);
         });
     },
     first::saboteur},
    {"transition", "request 2 is initialised in state SENT", at::sent,
     [](fuse_conn *, fuse_req *req) { atomic_set(&req->count, 1); }},
};

class each_invariant : public testing::TestWithParam<sabotage> {};

TEST_P(each_invariant, says_what_was_broken)
{
    expect_report_of(GetParam());
}

INSTANTIATE_TEST_SUITE_P(invariants, each_invariant, testing::ValuesIn(all_sabotage), name_of_sabotage);

TEST(invariants, are_content_when_nothing_is_broken)
{
    for (at stage : {at::pending, at::sent, at::answered}) {
        sim::verdict found = run_with(nullptr, stage);
        EXPECT_EQ(sim::verdict_kind::done, found.kind) << found.message;
    }
}

} // namespace
} // namespace interfuse
