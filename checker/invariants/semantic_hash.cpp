// A hash of a world's meaning, free of addresses and of the compiler's choices.
#include <array>
#include <string_view>

#include <xxhash.h>

#include "checker/invariants/ghost.hpp"
#include "checker/invariants/invariant.hpp"
#include "sim/kernel/sched.hpp"
#include "sim/run.hpp"
#include "sim/world.hpp"

namespace interfuse {

namespace {

class digest {
public:
    void add(std::uint64_t number)
    {
        if (used == words.size())
            fold();
        words[used++] = number;
    }
    void add(std::string_view text) { add(XXH3_64bits(text.data(), text.size())); }
    std::uint64_t value()
    {
        fold();
        return hash;
    }

private:
    void fold()
    {
        hash = XXH3_64bits_withSeed(words.data(), used * sizeof words[0], hash);
        used = 0;
    }
    std::array<std::uint64_t, 64> words{};
    std::size_t used = 0;
    std::uint64_t hash = 0;
};

void add_tasks(digest &d)
{
    const sim::world &w = sim::the_world();
    for (unsigned i = 0; i < w.task_count; ++i) {
        const sim::task &t = w.tasks[i];
        const kernel::task_struct *task = kernel::task_of(i);
        d.add(static_cast<std::uint64_t>(t.status));
        d.add(t.waiting_why != nullptr ? t.waiting_why : "");
        d.add(static_cast<std::uint64_t>(task->state));
        d.add(task->pending.bits);
        d.add(task->blocked.bits);
        d.add(sim::the_run.syscalls[i] * 8U + task->in_syscall * 4U + task->killed * 2U);
        d.add(task->preempt_count);
    }
}

void add_requests(digest &d)
{
    const ghost_state &g = ghost();
    for (unsigned i = 0; i < g.requests_high; ++i) {
        const request_ghost &r = g.requests[i];
        if (r.req == nullptr || !r.used)
            continue;
        d.add(i);
        d.add(r.req->in.h.unique);
        d.add(r.req->in.h.opcode);
        d.add(static_cast<std::uint64_t>(r.req->state.peek()));
        d.add(static_cast<std::uint64_t>(r.req->count.counter));
        d.add(r.req->isreply + 2U * r.req->interrupted + 4U * r.req->background + 8U * r.req->locked.peek());
        d.add(static_cast<std::uint64_t>(r.req->out.h.error));
    }
}

void add_connections(digest &d)
{
    for (const connection_ghost &c : known_connections()) {
        const fuse::fuse_conn *fc = c.fc;
        if (fc == nullptr)
            continue;
        d.add(fc->connected.peek());
        d.add(fc->mounted);
        d.add(fc->conn_error);
        d.add(static_cast<std::uint64_t>(fc->outstanding_sem.count));
        d.add(fc->outstanding_debt);
        d.add(static_cast<std::uint64_t>(fc->num_waiting.counter));
        d.add(fc->reqctr);
        d.add(static_cast<std::uint64_t>(fc->kobj.count.counter));
        d.add(fc->lock.holder);
    }
}

} // namespace

std::uint64_t semantic_hash()
{
    digest d;
    add_tasks(d);
    add_requests(d);
    add_connections(d);
    return d.value();
}

} // namespace interfuse
