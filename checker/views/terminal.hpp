// What the terminal can show.
#pragma once

namespace interfuse {

// Columns of stdout: from COLUMNS, the terminal, or a preset; at least 80.
unsigned terminal_width();

// Whether stdout is a terminal whose user wants colour (https://no-color.org).
bool terminal_has_colour();

} // namespace interfuse
