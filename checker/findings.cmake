# generated/known_findings.hpp: the violations of the faithful core that are written up in core/PORT.md and have a
# trace in traces/. A finding without either is not known.

function(write_known_findings)
    file(GLOB traces CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/traces/*.json)
    set(port ${CMAKE_SOURCE_DIR}/core/PORT.md)
    file(GLOB port_found CONFIGURE_DEPENDS ${port})
    set(port_text "")
    if(port_found)
        file(READ ${port} port_text)
    endif()
    configure_again_with(${traces} ${port_found})
    set(count 0)
    set(entries "")
    foreach(trace ${traces})
        file(READ ${trace} text)
        cmake_path(RELATIVE_PATH trace BASE_DIRECTORY ${CMAKE_SOURCE_DIR})
        string(JSON core ERROR_VARIABLE error GET "${text}" core)
        if(error OR NOT core STREQUAL "linux-2.6.17")
            continue()
        endif()
        string(JSON fingerprint ERROR_VARIABLE error GET "${text}" verdict fingerprint)
        string(FIND "${port_text}" "${fingerprint}" place)
        if(error OR fingerprint STREQUAL "" OR place LESS 0)
            message(WARNING "${trace}: its fingerprint \"${fingerprint}\" is not in core/PORT.md, so it is not known")
            continue()
        endif()
        json_string("${fingerprint}" fingerprint)
        string(APPEND entries "    {${fingerprint}, \"${trace}\"},\n")
        math(EXPR count "${count} + 1")
    endforeach()
    set(braces "{}")
    if(count)
        set(braces "{{\n${entries}}}")
    endif()
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/known_findings.hpp @ONLY CONTENT
"#pragma once

#include <array>

namespace interfuse {
struct known_finding {
    const char *fingerprint;
    const char *trace;
};

inline constexpr std::array<known_finding, @count@> known_findings@braces@;
} // namespace interfuse
")
endfunction()
