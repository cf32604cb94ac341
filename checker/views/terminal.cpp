// What the terminal can show.
#include "checker/views/terminal.hpp"

#include <algorithm>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace interfuse {

static constexpr int width_least = 80;
static constexpr int width_most = 400;
static constexpr int width_preset = 120;

unsigned terminal_width()
{
    int width = 0;
    if (const char *columns = std::getenv("COLUMNS"))
        width = std::atoi(columns);
    winsize size = {};
    if (width <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    if (width <= 0)
        width = width_preset;
    return static_cast<unsigned>(std::clamp(width, width_least, width_most));
}

bool terminal_has_colour()
{
    const char *refused = std::getenv("NO_COLOR");
    return (refused == nullptr || *refused == '\0') && isatty(STDOUT_FILENO);
}

} // namespace interfuse
