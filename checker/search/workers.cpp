// Forked processes that sample blocks.
#include "checker/search/workers.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <vector>

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checker/search/interruption.hpp"
#include "sim/fault.hpp"

namespace interfuse {

namespace {

struct worker {
    pid_t process;
    int blocks; // the reading end of its pipe, or -1 once it has ended
};

void send(int pipe, const block &done)
{
    auto bytes = reinterpret_cast<const char *>(&done);
    for (std::size_t sent = 0; sent < sizeof done;) {
        ssize_t more = write(pipe, bytes + sent, sizeof done - sent);
        if (more < 0 && errno != EINTR)
            _exit(sim::exit_internal);
        sent += more > 0 ? static_cast<std::size_t>(more) : 0;
    }
}

bool receive(int pipe, block &done)
{
    auto bytes = reinterpret_cast<char *>(&done);
    for (std::size_t have = 0; have < sizeof done;) {
        ssize_t more = read(pipe, bytes + have, sizeof done - have);
        if (more == 0 || (more < 0 && errno != EINTR))
            return false;
        have += more > 0 ? static_cast<std::size_t>(more) : 0;
    }
    return true;
}

[[noreturn]] void be_worker(runner &on, const sampling &how, shared_progress &shared, int pipe, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    sample_blocks(on, how, shared, [&](const block &done) { send(pipe, done); });
    _exit(0);
}

worker start_worker(runner &on, const sampling &how, shared_progress &shared)
{
    std::array<int, 2> ends;
    sim::require(pipe(ends.data()) == 0, "no pipe for a worker");
    pid_t parent = getpid();
    pid_t process = fork();
    sim::require(process >= 0, "a worker could not be forked");
    if (process == 0)
        be_worker(on, how, shared, ends[1], parent);
    close(ends[1]);
    return {process, ends[0]};
}

// Returns what went wrong, or nothing.
std::string end_worker(worker &ended)
{
    close(ended.blocks);
    ended.blocks = -1;
    int status = 0;
    while (waitpid(ended.process, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status))
        return fmt::format("a worker was killed by signal {}", WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return fmt::format("a worker ended with status {}", WEXITSTATUS(status));
    return "";
}

// Takes from each worker that has something; false once all have ended.
bool serve(std::vector<worker> &workers, shared_progress &shared, const std::function<void(const block &)> &take,
           std::string &error)
{
    std::vector<pollfd> waiting;
    for (const worker &w : workers)
        waiting.push_back({w.blocks, POLLIN, 0});
    poll(waiting.data(), waiting.size(), 100);
    if (interruption() != 0 || !error.empty())
        shared.halt = true;
    bool any = false;
    for (std::size_t i = 0; i < workers.size(); ++i) {
        block done;
        if (workers[i].blocks >= 0 && waiting[i].revents != 0) {
            if (receive(workers[i].blocks, done))
                take(done);
            else if (std::string wrong = end_worker(workers[i]); !wrong.empty())
                error = wrong;
        }
        any = any || workers[i].blocks >= 0;
    }
    return any;
}

} // namespace

std::string sample_in_workers(runner &on, const sampling &how, shared_progress &shared,
                              const std::function<void(const block &)> &take)
{
    std::fflush(nullptr);
    std::vector<worker> workers;
    for (unsigned i = 0; i < how.jobs; ++i)
        workers.push_back(start_worker(on, how, shared));
    std::string error;
    while (serve(workers, shared, take, error)) {
    }
    return error;
}

} // namespace interfuse
