// Breaking an invariant on purpose: a requester, its request, and a saboteur who plays the daemon.
#pragma once

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

namespace fuse = kernel::fuse;
using fuse::fuse_conn;
using fuse::fuse_req;

// Where the requester's request is when it is broken. The saboteur itself plays the daemon.
// At `answered` a worker has answered it, and stays.
enum class at { pending, sent, answered };
// Who of the two goes on where both can.
enum class first { requester, saboteur };

struct sabotage {
    const char *invariant;
    const char *message;
    at stage;
    void (*act)(fuse_conn *, fuse_req *);
    first goes = first::requester;
};

inline std::ostream &operator<<(std::ostream &out, const sabotage &s)
{
    return out << s.invariant << ": " << s.message;
}

inline kernel::inode *root = nullptr;
inline task_struct *requester = nullptr;
inline const sabotage *active = nullptr; // none: nothing is broken

// Changes something under the lock, as the core would.
inline void locked(fuse_conn *fc, auto change)
{
    kernel::spin_lock(&fc->lock);
    change();
    sim::the_run.core_wrote = true;
    kernel::spin_unlock(&fc->lock);
}

// Reads the next request into the first bytes of user memory.
inline void read_next()
{
    kernel::sys_read(0, kernel::user_base(), 2 * kernel::PAGE_SIZE);
}

// Writes a reply that is only a header, from the first bytes of user memory.
inline void reply(std::uint64_t unique, int error)
{
    fuse::fuse_out_header header = {sizeof header, error, unique};
    kernel::copy_to_user_space(kernel::current->mm, kernel::user_base(), &header, sizeof header);
    kernel::sys_write(0, kernel::user_base(), sizeof header);
}

// A request about node z that nobody waits for.
inline fuse_req *ask(fuse_conn *fc, fuse::fuse_opcode opcode, std::uint64_t argument)
{
    fuse_req *req = fuse::fuse_request_alloc();
    req->in.h.opcode = opcode;
    req->in.h.nodeid = 'z';
    req->in.numargs = 1;
    req->misc.read_in.fh = argument;
    req->in.args[0] = {sizeof req->misc.read_in, &req->misc.read_in};
    fuse::request_send_background(fc, req);
    return req;
}

// Node z is opened by request 3, which the daemon answers with a handle.
inline void open_z(fuse_conn *fc, std::uint64_t fh)
{
    fuse_req *req = ask(fc, fuse::FUSE_OPEN, 0);
    req->out.numargs = 1;
    req->out.args[0] = {sizeof(fuse::fuse_open_out), &req->misc};
    read_next();
    struct {
        fuse::fuse_out_header header;
        fuse::fuse_open_out out;
    } reply = {{sizeof reply, 0, 3}, {fh, 0, 0}};
    kernel::copy_to_user_space(kernel::current->mm, kernel::user_base(), &reply, sizeof reply);
    kernel::sys_write(0, kernel::user_base(), sizeof reply);
}

inline void release_z(fuse_conn *fc, std::uint64_t fh, int isdir)
{
    fuse::fuse_file *file = fuse::fuse_file_alloc();
    file->fh = fh;
    fuse::fuse_send_release(fc, file, 'z', root, 0, isdir);
    read_next();
}

inline void act_at(at stage, const mount &m)
{
    if (stage == at::sent)
        read_next();
    kernel::list_head *list = stage == at::sent ? &m.fc->processing : &m.fc->pending;
    fuse_req *req = stage != at::answered ? kernel::list_entry<&fuse_req::list>(list->next) : nullptr;
    if (active != nullptr)
        active->act(m.fc, req);
    kernel::sys_kill(requester, SIGKILL);
}

template <at Stage> void build_sabotage()
{
    mount m = mount_fuse();
    root = m.root;
    answer_init(m);
    if (Stage == at::answered)
        start_worker("daemon", m);
    requester = start_looker("requester", m, "a");
    kernel::map_user_pages(m.daemon.mm, 2);
    spawn("saboteur", m.daemon, [m] { act_at(Stage, m); });
}

inline sim::verdict run_with(const sabotage *one, at stage)
{
    scenario which{};
    which.name = "sabotage";
    which.parameters = with_common_parameters({});
    which.build = stage == at::answered ? build_sabotage<at::answered>
                  : stage == at::sent   ? build_sabotage<at::sent>
                                        : build_sabotage<at::pending>;
    active = one;
    runner runs({.which = &which, .parameters = complete_parameters(which, {}).values, .limits = {}});
    bool hurries = one != nullptr && one->goes == first::saboteur;
    sim::by_priority chooser(hurries ? std::vector<unsigned>{2, 1, 3, 0} : std::vector<unsigned>{1, 2, 3, 0});
    return runs.run(chooser, 0).verdict;
}

inline void expect_report_of(const sabotage &one)
{
    sim::verdict found = run_with(&one, one.stage);
    EXPECT_EQ(one.invariant == std::string_view("hang") ? sim::verdict_kind::hung : sim::verdict_kind::violation,
              found.kind);
    EXPECT_EQ(one.invariant, found.invariant);
    EXPECT_EQ(one.message, found.message);
}

inline std::string name_of_sabotage(const testing::TestParamInfo<sabotage> &info)
{
    return fmt::format("{}_{}", info.param.invariant, info.index);
}

} // namespace interfuse
