// SIGINT and SIGTERM as a question that loops ask.
#include "checker/search/interruption.hpp"

#include <csignal>

namespace interfuse {

static volatile std::sig_atomic_t noted = 0;

static void note(int number)
{
    noted = number;
}

void note_interruptions()
{
    struct sigaction action = {};
    action.sa_handler = note;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

int interruption()
{
    return noted;
}

} // namespace interfuse
