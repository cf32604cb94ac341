// Recording a run as a trace.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/runner.hpp"
#include "checker/trace/trace.hpp"

namespace interfuse {

// Collects the steps of one run. Names of objects are taken when an event happens, since the object may be gone
// later; places of machine addresses are looked up afterwards, since that needs more stack than a task has.
class recording : public recorder {
public:
    void step(unsigned task, std::uint64_t runnable) override;
    void happened(unsigned task, const sim::event &what) override;
    std::vector<trace_step> take_steps();

private:
    struct late_place {
        std::size_t step;
        std::size_t event;
        const void *pc;
    };
    std::vector<trace_step> steps;
    std::vector<late_place> late;
};

// Runs once more what `on` runs, and returns it as a trace; strategy, seed and core are the caller's to fill in.
struct recorded_run {
    trace what;
    run_result result;
};
recorded_run record_run(runner &on, sim::strategy &chooser, std::uint64_t number);

// The same of a setup that has ended in a finding: there is no run, and nothing was chosen.
recorded_run record_broken_setup(const run_setup &how);

} // namespace interfuse
