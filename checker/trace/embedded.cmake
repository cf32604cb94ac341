# Headers that carry text into the executables, made while configuring.

# embed_text(INPUT SYMBOL) writes generated/SYMBOL.hpp with `inline constexpr const char *SYMBOL`, the file's text.
function(embed_text input symbol)
    set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${input})
    file(READ ${input} text)
    if(text MATCHES "\\)embedded\"")
        message(FATAL_ERROR "${input} contains the mark that ends its text in C++")
    endif()
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/${symbol}.hpp @ONLY CONTENT
"#pragma once

namespace interfuse
{
inline constexpr const char *@symbol@ = R\"embedded(@text@)embedded\";
} // namespace interfuse
")
endfunction()

# generated/build_info.hpp: which build wrote a trace or a report.
function(write_build_info)
    string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
    string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}" flags)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/build_info.hpp @ONLY CONTENT
"#pragma once

namespace interfuse
{
inline constexpr const char *tool_version = \"@PROJECT_VERSION@\";
inline constexpr const char *build_compiler = \"@CMAKE_CXX_COMPILER_ID@ @CMAKE_CXX_COMPILER_VERSION@\";
inline constexpr const char *build_flags = \"@flags@\";
} // namespace interfuse
")
endfunction()

embed_text(${CMAKE_SOURCE_DIR}/traces/trace.schema.json trace_schema)
embed_text(${CMAKE_SOURCE_DIR}/traces/report.schema.json report_schema)
embed_text(${CMAKE_SOURCE_DIR}/traces/coverage.schema.json coverage_schema)
embed_text(${CMAKE_SOURCE_DIR}/traces/mutants.schema.json mutants_schema)
embed_text(${CMAKE_SOURCE_DIR}/traces/selfcheck.schema.json selfcheck_schema)
embed_text(${CMAKE_SOURCE_DIR}/core/unreachable.txt unreachable_text)
embed_text(${CMAKE_SOURCE_DIR}/checker/needed.txt needed_text)
embed_text(${CMAKE_SOURCE_DIR}/core/unstruck.txt unstruck_text)
write_build_info()
