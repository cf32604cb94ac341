// Forked processes that search.
#include "checker/search/search_workers.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checker/search/interruption.hpp"
#include "checker/search/packed.hpp"

namespace interfuse {

namespace {

constexpr int milliseconds_between_looks = 100;
constexpr std::chrono::milliseconds milliseconds_of_walking{10};
constexpr std::uint64_t states_of_long_search = 2'000'000;

struct worker {
    pid_t process;
    int said; // the reading end of its pipe
    std::vector<std::byte> bytes;
    bool ended = false;
    std::vector<lesson> of_walk, of_sets;
};

void put(packer &into, const searched_share &share)
{
    into.put(share.counts);
    into.put(share.bound);
    into.put(share.interrupted);
    into.put(share.findings.size());
    for (const state_finding &each : share.findings) {
        into.put(each.message);
        into.put(each.fingerprint);
        into.put(each.count);
        into.put(each.path);
        into.put(each.others);
        into.put(each.kind);
    }
}

searched_share take_share(unpacker &from)
{
    searched_share share;
    from.take(share.counts);
    from.take(share.bound);
    from.take(share.interrupted);
    std::size_t count = 0;
    from.take(count);
    for (std::size_t i = 0; i < count; ++i) {
        state_finding &each = share.findings.emplace_back();
        from.take(each.message);
        from.take(each.fingerprint);
        from.take(each.count);
        from.take(each.path);
        from.take(each.others);
        from.take(each.kind);
    }
    return share;
}

void say(int pipe, const std::vector<std::byte> &bytes)
{
    for (std::size_t sent = 0; sent < bytes.size();) {
        ssize_t more = write(pipe, bytes.data() + sent, bytes.size() - sent);
        if (more < 0 && errno != EINTR)
            _exit(sim::exit_internal);
        sent += more > 0 ? static_cast<std::size_t>(more) : 0;
    }
}

// Reads what there is; the end of it is the end of the worker.
void hear(worker &from)
{
    std::array<std::byte, 1 << 16> piece;
    ssize_t more = read(from.said, piece.data(), piece.size());
    if (more > 0)
        from.bytes.insert(from.bytes.end(), piece.begin(), piece.begin() + more);
    else if (more == 0 || errno != EINTR)
        from.ended = true;
}

// What went wrong with it, or nothing.
std::string end_worker(const worker &ended)
{
    close(ended.said);
    int status = 0;
    while (waitpid(ended.process, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status))
        return fmt::format("a process of the search was killed by signal {}", WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return fmt::format("a process of the search ended with status {}", WEXITSTATUS(status));
    return "";
}

class workforce {
public:
    workforce(runner &on, const search_bounds &bounds, step_script &script, world_walk &way,
              persistent_sets &sets, visited_set &visited)
        : on(on), bounds(bounds), script(script), way(way), sets(sets), visited(visited),
          prospect(bounds, script, way, sets, visited), members(bounds.jobs)
    {
        std::fflush(nullptr);
        for (unsigned i = 0; i < bounds.jobs; ++i)
            workers.push_back(start(i));
    }

    searched_share run(const std::function<void(const search_counts &)> &progress)
    {
        while (std::ranges::any_of(workers, [](const worker &each) { return !each.ended; })) {
            listen();
            if (!failure.empty())
                continue;
            if (interruption() != 0)
                members.halt();
            progress(so_far());
            if (!begins_again && walks_beside())
                begin_again();
        }
        if (!failure.empty())
            return failed();
        searched_share sum;
        for (worker &each : workers)
            add_to(sum, each);
        sum.counts.visited_bytes = visited.bytes();
        sum.counts.mended += mended;
        sum.interrupted = std::max(sum.interrupted, interruption());
        if (begins_again && sum.bound == bound_by_others)
            sum.bound = bound_by_lesson;
        if (sum.error.empty())
            learn();
        return sum;
    }

private:
    search_counts so_far()
    {
        search_counts counts = members.published();
        counts.visited_bytes = visited.bytes();
        if (prospect.is_due(counts.states))
            prospect.look(counts.states);
        counts.expected = prospect.states();
        return counts;
    }

    // In a long search this process walks by chance meanwhile: depth first comes late to what departs early from the first path.
    // Whether it is time to begin again.
    bool walks_beside()
    {
        std::uint64_t states = members.published().states;
        if (!uses_persistent_sets(bounds.reduce) || states < states_of_long_search)
            return false;
        learn_from_walks_meanwhile(script, way, sets, chance, milliseconds_of_walking);
        return again.is_due(states, sets.states_of_mending(), [&] {
            mended += sets.mend();
            return mended + way.learnt().size();
        });
    }

    void begin_again()
    {
        begins_again = true;
        members.halt();
    }

    void learn()
    {
        for (const worker &each : workers) {
            for (const lesson &lesson : each.of_walk)
                way.learn(lesson);
            for (const lesson &lesson : each.of_sets)
                sets.seen.learn(lesson);
        }
    }

    worker start(unsigned number)
    {
        std::array<int, 2> ends;
        sim::require(pipe(ends.data()) == 0, "no pipe for a process of the search");
        pid_t parent = getpid();
        pid_t process = fork();
        sim::require(process >= 0, "a process of the search could not be forked");
        if (process == 0)
            work(number, ends[1], parent);
        close(ends[1]);
        return {.process = process, .said = ends[0], .bytes = {}, .of_walk = {}, .of_sets = {}};
    }

    [[noreturn]] void work(unsigned number, int pipe, pid_t parent)
    {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(0);
        depth_first search(on, bounds, script, way, sets, visited, &members);
        search.run([&](const depth_first &now) { members.publish(number, now.counts); });
        members.publish(number, search.counts);
        packer packed;
        put(packed, share_of(search));
        packed.put(way.learnt());
        packed.put(sets.seen.learnt());
        say(pipe, packed.bytes);
        _exit(0);
    }

    void listen()
    {
        std::vector<pollfd> waiting;
        for (const worker &each : workers)
            waiting.push_back({each.ended ? -1 : each.said, POLLIN, 0});
        poll(waiting.data(), waiting.size(), milliseconds_between_looks);
        for (std::size_t i = 0; i < workers.size(); ++i) {
            if (workers[i].ended || waiting[i].revents == 0)
                continue;
            hear(workers[i]);
            if (workers[i].ended && workers[i].bytes.empty() && failure.empty())
                give_up(workers[i]);
        }
    }

    // One that has ended without a word may have held what the others wait for, so they cannot be asked to stop.
    void give_up(worker &silent)
    {
        failure = end_worker(silent);
        if (failure.empty())
            failure = "a process of the search has said nothing";
        silent.process = 0;
        for (worker &each : workers)
            if (!each.ended)
                kill(each.process, SIGKILL);
    }

    searched_share failed()
    {
        for (worker &each : workers)
            if (each.process != 0)
                end_worker(each);
        searched_share nothing;
        nothing.interrupted = interruption();
        nothing.error = failure;
        return nothing;
    }

    void add_to(searched_share &sum, worker &ended)
    {
        std::string error = end_worker(ended);
        if (!error.empty()) {
            sum.error = error;
            return;
        }
        unpacker packed(ended.bytes.data(), ended.bytes.size());
        sum.add(take_share(packed));
        packed.take(ended.of_walk);
        packed.take(ended.of_sets);
    }

    runner &on;
    const search_bounds &bounds;
    step_script &script;
    world_walk &way;
    persistent_sets &sets;
    visited_set &visited;
    forecast prospect; // by this process, which has nothing else to do
    sim::rng chance{4};
    new_beginning again;
    bool begins_again = false;
    std::uint64_t mended = 0; // its sets by this process
    team members;
    std::vector<worker> workers;
    std::string failure; // of a process that ended before its time
};

} // namespace

searched_share share_of(const depth_first &done)
{
    return {done.counts, done.findings, done.bound, done.interrupted, {}};
}

void searched_share::add(const searched_share &other)
{
    counts.states += other.counts.states;
    counts.passed += other.counts.passed;
    counts.transitions += other.counts.transitions;
    counts.revisits += other.counts.revisits;
    counts.ends += other.counts.ends;
    counts.stalled += other.counts.stalled;
    counts.mended += other.counts.mended;
    counts.race_steps += other.counts.race_steps;
    counts.depth = std::max(counts.depth, other.counts.depth);
    counts.path_bytes += other.counts.path_bytes;
    counts.checks.differ_on_stacks += other.counts.checks.differ_on_stacks;
    counts.checks.behaved_alike += other.counts.checks.behaved_alike;
    counts.checks.commuted += other.counts.checks.commuted;
    counts.checks.doubted += other.counts.checks.doubted;
    for (const state_finding &each : other.findings) {
        auto same = std::ranges::find(findings, each.fingerprint, &state_finding::fingerprint);
        if (same == findings.end())
            findings.push_back(each);
        else
            same->add(each);
    }
    if (bound.empty() || bound == bound_by_others)
        bound = other.bound;
    interrupted = std::max(interrupted, other.interrupted);
}

searched_share search_in_workers(runner &on, const search_bounds &bounds, step_script &script,
                                 world_walk &way, persistent_sets &sets, visited_set &visited,
                                 const std::function<void(const search_counts &)> &progress)
{
    return workforce(on, bounds, script, way, sets, visited).run(progress);
}

} // namespace interfuse
