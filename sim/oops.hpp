// Oopses: hardware faults of a simulated step become findings.
#pragma once

namespace sim {

// Installs handlers for SIGSEGV, SIGBUS, SIGFPE and SIGILL on an alternate stack. A fault inside a step ends the run
// with an oops; one in interfuse itself is reported with exit status 70. Idempotent.
void catch_faults();

} // namespace sim
