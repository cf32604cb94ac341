// Turning hardware faults into verdicts.
#include "sim/oops.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unwind.h>

#include "sim/debug_info.hpp"
#include "sim/fault.hpp"
#include "sim/run.hpp"

namespace sim {

namespace {

constexpr std::size_t alternate_stack_bytes = 256 * 1024;

const char *meaning_of(std::uintptr_t address)
{
    if (address < 4096)
        return "a null pointer";
    if ((address & ~std::uintptr_t{0xfff}) == 0x00100000)
        return "the poison that list_del leaves in next";
    if ((address & ~std::uintptr_t{0xfff}) == 0x00200000)
        return "the poison that list_del leaves in prev";
    if (address >= arena_base && address < arena_base + arena_bytes)
        return "a guard page: a kernel stack overflowed";
    return "memory that is not mapped";
}

struct fault_site {
    std::uintptr_t pc;
    std::string what;
};

// A call through a null pointer faults at its target, with the return address on top of the stack; one through a
// non-canonical pointer faults at the call itself.
fault_site describe(int number, const siginfo_t &info, const ucontext_t &machine)
{
    auto pc = static_cast<std::uintptr_t>(machine.uc_mcontext.gregs[REG_RIP]);
    auto address = reinterpret_cast<std::uintptr_t>(info.si_addr);
    if (number == SIGSEGV && info.si_code != SI_KERNEL && pc == address) {
        auto stack = reinterpret_cast<const std::uintptr_t *>(machine.uc_mcontext.gregs[REG_RSP]);
        const char *kind = address < 4096 ? "null" : "wild";
        return {in_arena(stack) ? *stack - 1 : 0, fmt::format("a {} function pointer was called", kind)};
    }
    if (number == SIGSEGV && info.si_code == SI_KERNEL)
        return {pc, "a poisoned or non-canonical pointer was followed"};
    if (number == SIGSEGV || number == SIGBUS)
        return {pc, fmt::format("{} was accessed", meaning_of(address))};
    return {pc, number == SIGFPE ? "a division by zero or overflow" : "an illegal instruction was executed"};
}

bool is_program(const place &at)
{
    return std::string_view(at.file()).starts_with("core/");
}

// What unwinding from a fault in a fake has met: the last function outside the program, and where that called it.
struct way_out {
    std::uintptr_t fault;
    bool begun = false; // above the frames of the signal
    place outside = {};
    place program = {};
    std::uintptr_t returns_to = 0; // in the program
    unsigned frames = 0;
};

_Unwind_Reason_Code go_out(_Unwind_Context *frame, void *argument)
{
    constexpr unsigned frames_max = 256;
    way_out &way = *static_cast<way_out *>(argument);
    int before = 0; // whether the instruction there has not been executed, as the one at fault
    std::uintptr_t pc = _Unwind_GetIPInfo(frame, &before);
    way.begun = way.begun || pc == way.fault;
    if (!way.begun)
        return ++way.frames < frames_max ? _URC_NO_REASON : _URC_END_OF_STACK;
    place at = place_of(reinterpret_cast<const void *>(pc - (before != 0 ? 0 : 1)));
    if (is_program(at)) {
        way.program = at;
        way.returns_to = pc;
        return _URC_END_OF_STACK;
    }
    way.outside = at;
    return ++way.frames < frames_max ? _URC_NO_REASON : _URC_END_OF_STACK;
}

// Whether the call made there is known, as that of an inline function of a fake's header is.
bool is_followed(std::uintptr_t returns_to)
{
    const call_stack &calls = *the_run.calls_now;
    auto end = calls.callers.begin() + std::min(calls.depth, call_depth_max);
    return std::find(calls.callers.begin(), end, reinterpret_cast<const void *>(returns_to)) != end;
}

// The places of the program that the task is in. Calls are known by where they come from, so the function that has called
// a fake is not among them: the machine's stack tells. `what` then names the fake.
std::vector<place> places_at(const fault_site &site, std::string &what)
{
    auto pc = reinterpret_cast<const void *>(site.pc);
    std::vector<place> places = places_in_program(pc);
    if (!is_program(place_of(pc))) {
        way_out way{.fault = site.pc};
        _Unwind_Backtrace(go_out, &way);
        if (is_program(way.program) && !is_followed(way.returns_to)) {
            places.insert(places.begin(), way.program);
            // The C library has no names that are the same everywhere.
            bool named = way.outside.line() != 0;
            what += fmt::format(" in {}, called", named ? way.outside.function() : "a function of the C library");
        }
    }
    return places;
}

void on_fault(int number, siginfo_t *info, void *machine)
{
    run_state &run = the_run;
    fault_site site = describe(number, *info, *static_cast<ucontext_t *>(machine));
    if (run.now == phase::host || run.in_listener) {
        place where = place_of(reinterpret_cast<const void *>(site.pc));
        fmt::print(stderr, "interfuse: error in interfuse itself: {} ({}:{})\n", site.what, where.file(), where.line());
        std::_Exit(exit_internal);
    }
    std::vector<place> places = places_at(site, site.what);
    places.resize(std::max<std::size_t>(places.size(), 2), place{"?", "?", 0});
    run.outcome = unless_ignored(
        {verdict_kind::oops, "oops",
         fmt::format("{} in {}, called by {}", site.what, places[0].function(), places[1].function()), places[0],
         places[1].function()});
    run.ended = true;
    longjmp(run.escape, 1);
}

} // namespace

void catch_faults()
{
    static bool installed = false;
    if (installed)
        return;
    installed = true;
    void *memory = mmap(nullptr, alternate_stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    require(memory != MAP_FAILED, "no memory for the signal stack");
    stack_t alternate = {};
    alternate.ss_sp = memory;
    alternate.ss_size = alternate_stack_bytes;
    int err = sigaltstack(&alternate, nullptr);
    require(err == 0, "the signal stack could not be installed");
    struct sigaction action = {};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    for (int number : std::array{SIGSEGV, SIGBUS, SIGFPE, SIGILL})
        sigaction(number, &action, nullptr);
}

} // namespace sim
