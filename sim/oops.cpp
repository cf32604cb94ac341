// Turning hardware faults into verdicts.
#include "sim/oops.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/mman.h>
#include <ucontext.h>

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

void on_fault(int number, siginfo_t *info, void *machine)
{
    run_state &run = the_run;
    fault_site site = describe(number, *info, *static_cast<ucontext_t *>(machine));
    if (run.now == phase::host || run.in_listener) {
        place where = place_of(reinterpret_cast<const void *>(site.pc));
        fmt::print(stderr, "interfuse: error in interfuse itself: {} ({}:{})\n", site.what, where.file(), where.line());
        std::_Exit(exit_internal);
    }
    std::vector<place> places = places_in_program(reinterpret_cast<const void *>(site.pc));
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
