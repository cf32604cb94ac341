// SIGINT and SIGTERM as a question that loops ask.
#pragma once

namespace interfuse {

// From now on the first such signal is only noted; a second one ends the process at once.
void note_interruptions();

// The signal that came, or 0.
int interruption();

} // namespace interfuse
