// The reasons why a system call or a request may not end as it does, in these words.
#include <poll.h>

#include "checker/invariants/testing_sabotage.hpp"
#include "sim/kernel/namei.hpp"

namespace interfuse {
namespace {

constexpr char contract[] = "errno_contract";

// A system call on the device that does and returns what it likes. Its memory cannot be read.
template <typename Body> void pretend_to(const char *call, Body body, std::size_t bytes = 100)
{
    kernel::on_file(call, 0, sim::place::here(), [&](kernel::file *) -> long { return body(); },
                    {nullptr, nullptr, 0, bytes, 0});
}

void pretend(const char *call, long result)
{
    pretend_to(call, [&] { return result; });
}

// On a device that was never mounted.
void pretend_unmounted(const char *call, long result)
{
    int fd = kernel::install_fd(kernel::current->files, open_device());
    kernel::on_file(call, fd, sim::place::here(), [&](kernel::file *) { return result; });
}

// Of a reply that is the header alone.
template <typename Body> void pretend_to_write(const fuse::fuse_out_header &header, Body body)
{
    kernel::copy_to_user_space(kernel::current->mm, kernel::user_base(), &header, sizeof header);
    iovec all = {reinterpret_cast<void *>(kernel::user_base()), sizeof header};
    kernel::on_file("write", 0, sim::place::here(), [&](kernel::file *) -> long { return body(); },
                    {nullptr, &all, 1, sizeof header, 0});
}

void pretend_to_ask(const char *call, long result)
{
    kernel::in_syscall(call, [&] { return result; });
}

void disconnect(fuse_conn *fc)
{
    locked(fc, [&] { fc->connected = 0; });
}

void finish(fuse_req *req, int error)
{
    req->out.h.error = error;
    req->state = fuse::FUSE_REQ_FINISHED;
}

const sabotage all_faults[] = {
    {contract, "stat returns ENOTCONN to saboteur although none of its requests ended so", at::pending,
     [](fuse_conn *, fuse_req *) { pretend_to_ask("stat", -ENOTCONN); }},
    {contract, "stat returns EINTR to saboteur although it is not being killed", at::pending,
     [](fuse_conn *, fuse_req *) { pretend_to_ask("stat", -EINTR); }},
    {contract, "open returns ENOMEM to saboteur although no allocation has failed", at::pending,
     [](fuse_conn *, fuse_req *) { pretend_to_ask("open", -ENOMEM); }},
    {contract, "read returns EAGAIN to saboteur although it may sleep", at::pending,
     [](fuse_conn *, fuse_req *) { pretend("read", -EAGAIN); }},
    {contract, "read returns ENODEV to saboteur although fc->connected is 1", at::pending,
     [](fuse_conn *, fuse_req *) { pretend("read", -ENODEV); }},
    {contract, "read returns 42 to saboteur although it has no request of that length to hand out", at::pending,
     [](fuse_conn *, fuse_req *) { pretend("read", 42); }},
    {contract, "read returns ENXIO to saboteur although the contract of read does not have it", at::pending,
     [](fuse_conn *, fuse_req *) { pretend("read", -ENXIO); }},
    {contract, "write returns 100 to saboteur although no request was answered", at::sent,
     [](fuse_conn *, fuse_req *) { pretend("write", 100); }},
    {contract,
     "write returns ENOENT to saboteur although neither is fc->connected 0 nor was its request "
     "interrupted",
     at::sent, [](fuse_conn *, fuse_req *) { pretend("write", -ENOENT); }},
    {contract, "poll returns 4 to saboteur although the connection was in another state", at::sent,
     [](fuse_conn *, fuse_req *) { pretend("poll", POLLOUT); }},
    {contract, "request 2 ends with 0 although fc->connected is 1 and nobody has answered it", at::sent,
     [](fuse_conn *, fuse_req *req) { req->state = fuse::FUSE_REQ_FINISHED; }},
    {contract, "open returns -512 to saboteur although no signal is pending", at::pending,
     [](fuse_conn *, fuse_req *) { pretend_to_ask("open", -kernel::ERESTARTSYS); }},
    {contract, "stat returns -1001 to saboteur although it is no error of user space", at::pending,
     [](fuse_conn *, fuse_req *) { pretend_to_ask("stat", -1001); }},

    {contract, "read returns 0 to saboteur although the device has no connection", at::pending,
     [](fuse_conn *, fuse_req *) { pretend_unmounted("read", 0); }},
    {contract, "read returns EAGAIN to saboteur although fc->connected was 0 from the start", at::pending,
     [](fuse_conn *fc, fuse_req *) {
         disconnect(fc);
         pretend("read", -EAGAIN);
     }},
    {contract, "read returns 42 to saboteur although its request was interrupted while it was copied", at::pending,
     [](fuse_conn *, fuse_req *req) {
         pretend_to("read", [&] {
             req->state = fuse::FUSE_REQ_READING;
             req->interrupted = 1;
             req->state = fuse::FUSE_REQ_SENT;
             return req->in.h.len;
         });
     }},
    {contract, "read returns -512 to saboteur although no signal is pending", at::pending,
     [](fuse_conn *, fuse_req *) { pretend("read", -kernel::ERESTARTSYS); }},
    {contract, "read returns EFAULT to saboteur although no address was bad", at::pending,
     [](fuse_conn *, fuse_req *) { pretend("read", -EFAULT); }},
    {contract, "read returns ENOENT to saboteur although no request was interrupted while it was copied", at::pending,
     [](fuse_conn *, fuse_req *) { pretend("read", -ENOENT); }},
    {contract, "request 2 ends with 0 although the read buffer was too short for it", at::pending,
     [](fuse_conn *, fuse_req *req) {
         pretend_to(
             "read",
             [&] {
                 req->state = fuse::FUSE_REQ_READING;
                 finish(req, 0);
                 return 0;
             },
             20);
     }},

    {contract, "write returns EINVAL to saboteur although the device has no connection", at::sent,
     [](fuse_conn *, fuse_req *) { pretend_unmounted("write", -EINVAL); }},
    {contract, "write returns ENOENT to saboteur although it is shorter than a header", at::sent,
     [](fuse_conn *, fuse_req *) {
         pretend_to(
             "write", [] { return -ENOENT; }, 15);
     }},
    {contract, "write returns 50 to saboteur although it wrote something else", at::sent,
     [](fuse_conn *, fuse_req *) { pretend("write", 50); }},
    {contract, "write returns 16 to saboteur although its header is not valid", at::sent,
     [](fuse_conn *, fuse_req *) {
         pretend_to_write({17, 0, 2}, [] { return 16; });
     }},
    {contract, "write returns 100 to saboteur although the request it answers was interrupted", at::sent,
     [](fuse_conn *, fuse_req *req) {
         pretend_to("write", [&] {
             req->interrupted = 1;
             finish(req, -EINTR);
             return 100;
         });
     }},
    {contract, "write returns 16 to saboteur although the requester gets another error", at::sent,
     [](fuse_conn *, fuse_req *req) {
         pretend_to_write({16, 0, 2}, [&] {
             finish(req, -EIO);
             return 16;
         });
     }},
    {contract, "write returns EFAULT to saboteur although no address was bad", at::sent,
     [](fuse_conn *, fuse_req *) { pretend("write", -EFAULT); }},
    {contract, "write returns EINVAL to saboteur although its header is not valid, but it ended a request", at::sent,
     [](fuse_conn *, fuse_req *req) {
         pretend_to_write({17, 0, 2}, [&] {
             finish(req, -EIO);
             return -EINVAL;
         });
     }},
    {contract, "write returns EINVAL to saboteur although fc->connected was 0 from the start", at::sent,
     [](fuse_conn *fc, fuse_req *) {
         disconnect(fc);
         pretend("write", -EINVAL);
     }},
    {contract, "write returns EINVAL to saboteur although its requester got an answer", at::sent,
     [](fuse_conn *, fuse_req *req) {
         pretend_to_write({16, 0, 2}, [&] {
             finish(req, 0);
             return -EINVAL;
         });
     }},
    {contract, "write returns EPERM to saboteur although the contract of write does not have it", at::sent,
     [](fuse_conn *, fuse_req *) { pretend("write", -EPERM); }},
    {contract, "request 2 ends with 0 although it was interrupted", at::sent,
     [](fuse_conn *, fuse_req *req) {
         pretend_to("write", [&] {
             req->interrupted = 1;
             finish(req, 0);
             return 100;
         });
     }},
    {contract, "request 2 ends with ENOENT although the reply says something else", at::sent,
     [](fuse_conn *, fuse_req *req) {
         pretend_to_write({16, 0, 2}, [&] {
             finish(req, -ENOENT);
             return 16;
         });
     }},

    {contract, "request 2 ends with EIO although it is still being read, and no reply can be to it yet", at::pending,
     [](fuse_conn *, fuse_req *req) {
         req->state = fuse::FUSE_REQ_READING;
         pretend_to_write({16, -EIO, 2}, [&] {
             finish(req, -EIO);
             return 16;
         });
     }},

    {contract, "poll returns 0 to saboteur although the device has no connection", at::sent,
     [](fuse_conn *, fuse_req *) { pretend_unmounted("poll", 0); }},
    {contract, "poll returns 0 to saboteur although fc->connected was 0 from the start", at::sent,
     [](fuse_conn *fc, fuse_req *) {
         disconnect(fc);
         pretend("poll", 0);
     }},
    {contract, "poll returns EINTR to saboteur although no signal is pending", at::sent,
     [](fuse_conn *, fuse_req *) { pretend("poll", -EINTR); }},

    {contract, "request 2 ends with 0 although it was aborted", at::sent,
     [](fuse_conn *fc, fuse_req *req) {
         disconnect(fc);
         finish(req, 0);
     }},
    {contract, "spare request in slot 0 ends with 0 although it was not sent, on a dead connection", at::sent,
     [](fuse_conn *fc, fuse_req *) {
         fuse_req *own = fuse::fuse_get_request(fc);
         disconnect(fc);
         locked(fc, [&] { finish(own, 0); });
     }},
    {contract, "spare request in slot 0 ends with EIO although it was not sent", at::sent,
     [](fuse_conn *fc, fuse_req *) {
         fuse_req *own = fuse::fuse_get_request(fc);
         own->isreply = 1;
         own->out.h.error = -EIO;
         fuse::fuse_put_request(fc, own);
     }},
    {contract, "request 2 ends with 5 although that is no error of a reply", at::sent,
     [](fuse_conn *, fuse_req *req) {
         reply(2, -ENOENT);
         req->out.h.error = 5;
     },
     first::saboteur},
    {contract, "request 2 ends with EIO although its requester leaves without an answer", at::sent,
     [](fuse_conn *, fuse_req *req) {
         req->interrupted = 1;
         req->out.h.error = -EIO;
     }},
    {contract, "request 2 ends with EINTR although its requester is not being killed", at::sent,
     [](fuse_conn *, fuse_req *) {
         requester->blocked.bits = 0;
         kernel::send_sig(SIGUSR1, requester);
     }},
};

class each_fault : public testing::TestWithParam<sabotage> {};

TEST_P(each_fault, has_its_reason)
{
    expect_report_of(GetParam());
}

INSTANTIATE_TEST_SUITE_P(errno_contract, each_fault, testing::ValuesIn(all_faults), name_of_sabotage);

// On a connection whose INIT a worker has answered.
init_answer answer_to_init;
void (*after_init)(const mount &);

void build_with_answer()
{
    mount m = mount_fuse();
    start_worker("daemon", m, {.init = answer_to_init});
    spawn("saboteur", {}, [m] {
        // Waits for the answer.
        kernel::sys_stat_root(m.number);
        after_init(m);
    });
}

std::string report_after(init_answer answer, void (*act)(const mount &))
{
    answer_to_init = answer;
    after_init = act;
    scenario which{};
    which.name = "sabotage";
    which.parameters = with_common_parameters({});
    which.build = build_with_answer;
    runner runs({.which = &which, .parameters = complete_parameters(which, {}).values, .limits = {}});
    sim::scripted first_answers;
    sim::verdict v = runs.run(first_answers, 0).verdict;
    return v.kind == sim::verdict_kind::done ? "done" : fmt::format("{}: {}", v.invariant, v.message);
}

// request_send, by somebody who does not look at how INIT went.
void leave_unsent(const mount &m, int error, bool alive)
{
    fuse_req *own = fuse::fuse_get_request(m.fc);
    if (!alive)
        disconnect(m.fc);
    own->isreply = 1;
    own->out.h.error = error;
    locked(m.fc, [] {});
    fuse::fuse_put_request(m.fc, own);
}

void forget_how_init_went(const mount &m)
{
    m.fc->conn_error = 0;
    kernel::sys_stat_root(m.number);
}

TEST(RefusedConnection, LetsNoRequestThrough)
{
    const std::string sent =
        "errno_contract: request 2 is sent although INIT has failed, so that its requester should get "
        "ECONNREFUSED";
    EXPECT_EQ(report_after(init_answer::error, forget_how_init_went), sent);
    EXPECT_EQ(report_after(init_answer::wrong_version, forget_how_init_went), sent);
    for (init_answer fine : {init_answer::good, init_answer::old_version, init_answer::short_version})
        EXPECT_EQ(report_after(fine, forget_how_init_went), "done");
}

TEST(RefusedConnection, SaysSoWhileItIsAlive)
{
    const std::string spare = "errno_contract: spare request in slot 1 ends with ";
    EXPECT_EQ(report_after(init_answer::error, [](const mount &m) { leave_unsent(m, 0, true); }),
              spare + "0 although INIT has failed and it was not sent");
    EXPECT_EQ(report_after(init_answer::error, [](const mount &m) { leave_unsent(m, -ENOTCONN, true); }),
              spare + "ENOTCONN although INIT has failed and it was not sent");
    EXPECT_EQ(report_after(init_answer::error, [](const mount &m) { leave_unsent(m, -ECONNREFUSED, true); }), "done");
    EXPECT_EQ(report_after(init_answer::error, [](const mount &m) { leave_unsent(m, -ECONNREFUSED, false); }),
              spare + "ECONNREFUSED although fc->connected is 0, which comes first");
}

} // namespace
} // namespace interfuse
