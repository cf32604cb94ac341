// A small trace for tests.
#pragma once

#include "checker/trace/trace.hpp"

namespace interfuse {

// Two tasks besides setup, a violation in the third of four steps, and one of everything that a trace can hold.
inline trace example_trace()
{
    using sim::choice_kind;
    using sim::event_kind;
    trace t;
    t.build = {"0.1.0", "GNU 12.2.0", "-O2 -g"};
    t.scenario = "one-request";
    t.parameters = {{"faults", "1"}, {"op", "read"}, {"page_size", "64"}};
    t.core = "repaired";
    t.strategy = "random";
    t.points = sim::point_set::fine;
    t.checks = check_level::end;
    t.watch = sim::watch_memory | sim::watch_locks;
    t.limits = {.steps_max = 500, .accesses_max = 1000};
    t.seed = 18446744073709551615ULL;
    t.run = 9007199254740993ULL;
    t.record = 0x0123456789abcdef;
    t.verdict = {sim::verdict_kind::violation,         "membership",       "request 7 is on fc->pending in state SENT",
                 {"core/dev.cpp", "request_end", 203}, 0xfedcba9876543210, "request_send"};
    t.tasks = {"setup", "requester", "daemon"};
    t.choices = {{choice_kind::schedule, 2, 1}, {choice_kind::page_fault, 2, 0}, {choice_kind::behaviour, 64, 63}};
    source_place send = {"core/dev.cpp", "request_send", 412};
    trace_step first{.task = 1, .enabled = 0b110, .teardown = false, .hash = 0, .events = {}};
    first.events.push_back({event_kind::lock, "fc->lock", 0, "", send, false});
    first.events.push_back(
        {event_kind::load, "request 7.state", 3, "SENT", {"core/dev.cpp", "request_send", 413}, true});
    trace_step second{.task = 2, .enabled = 0b110, .teardown = false, .hash = {}, .events = {}};
    second.events.push_back(
        {event_kind::syscall_end, "read", -4, "", {"sim/kernel/syscall.cpp", "sys_read", 99}, false});
    second.events.push_back({event_kind::store, "word", INT64_MIN, "", send, false});
    trace_step empty{.task = 1, .enabled = 0b010, .teardown = false, .hash = {}, .events = {}};
    trace_step last{.task = 0, .enabled = 0b001, .teardown = true, .hash = 16, .events = {}};
    last.events.push_back(
        {event_kind::free, "a \"quoted\" object", 0, "", {"core/inode.cpp", "fuse_put_super", 12}, false});
    t.steps = {first, second, empty, last};
    return t;
}

} // namespace interfuse
