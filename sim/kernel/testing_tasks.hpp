// MODELLED: kernel/fork.c. The tasks of a test, and a place that only one of them may be in.
#pragma once

#include "sim/kernel/sched.hpp"
#include "sim/kernel/syscall.hpp"
#include "sim/testing_world.hpp"

namespace kernel {

using outcome_set = std::set<std::string>;

template <typename Body>
task_struct *spawn(const char *name, Body body, mm_struct *mm = nullptr, files_struct *files = nullptr)
{
    return make_task_struct(sim::start_task(name, body), files, mm);
}

template <typename Shared> class kernel_world : public sim::test_world<Shared> {
public:
    template <typename Setup>
    explicit kernel_world(Setup setup)
        : sim::test_world<Shared>([setup](Shared &all) {
              make_task_struct(0, nullptr, nullptr);
              setup(all);
          })
    {
    }
};

// How a run of one task ends.
template <typename Shared, typename Body> sim::verdict alone(Body body)
{
    kernel_world<Shared> w([body](Shared &all) { spawn("task", [body, &all] { body(all); }); });
    return w.run();
}

// Sees two tasks that are in it at once.
struct critical_section {
    int inside, visits, inside_most;
    void visit()
    {
        ++inside;
        inside_most = inside > inside_most ? inside : inside_most;
        sim::point();
        --inside;
        ++visits;
    }
    std::string text() const { return std::to_string(visits) + " visits, " + std::to_string(inside_most) + " at once"; }
};

// Letters in the order in which tasks wrote them.
struct letters {
    char written[48];
    void write(char letter) { written[std::char_traits<char>::length(written)] = letter; }
    std::string text() const { return written; }
};

} // namespace kernel
