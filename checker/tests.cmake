# How tests become ctest runs. Each has a time limit, starts at the root and finds the executables in INTERFUSE_BIN.

set(test_environment "INTERFUSE_BIN=${CMAKE_BINARY_DIR}/bin")

# add_unit_tests(NAME SOURCES ... LIBRARIES ... [TIMEOUT seconds]); nothing without sources.
function(add_unit_tests name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;LIBRARIES")
    if(NOT arg_SOURCES)
        return()
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 300)
    endif()
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} plain_flags GTest::gtest GTest::gtest_main)
    # Listed when ctest starts, not while building: a test that crashes must not look like a build error.
    gtest_discover_tests(${name}
        TEST_PREFIX "${name}." WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
        PROPERTIES TIMEOUT ${arg_TIMEOUT} ENVIRONMENT "${test_environment}")
endfunction()

# A shell script that calls the executables.
function(add_script_test script)
    cmake_path(GET script STEM name)
    add_test(NAME ${name} COMMAND bash ${script} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set(seconds 1200) # against one that hangs; a busy machine takes four times as long as an idle one
    if(INTERFUSE_SANITIZE)
        set(seconds 1800)
    endif()
    set_tests_properties(${name} PROPERTIES TIMEOUT ${seconds} ENVIRONMENT "${test_environment}")
endfunction()
