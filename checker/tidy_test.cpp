#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "checker/tidy/checkout.hpp"
#include "checker/tidy/function.hpp"
#include "checker/tidy/rule.hpp"

namespace interfuse::tidy {
namespace {
complaints check(const std::string &path, const std::string &text)
{
    return check_source(parse_source(path, text));
}

// Whether there is exactly one complaint and it names this place and these words.
testing::AssertionResult only(const complaints &found, const std::string &place, const std::string &words)
{
    if (found.size() == 1 && found[0].starts_with(place + ": ") && found[0].find(words) != std::string::npos)
        return testing::AssertionSuccess();
    return testing::AssertionFailure() << fmt::format("found: [{}]", fmt::join(found, "; "));
}

std::string function_of(size_t lines)
{
    std::string text = "int f()\n{\n";
    for (size_t i = 3; i < lines; i++)
        text += "    g();\n";
    return text + "}\n";
}

const std::string header = "// MODELLED: lists.\n#pragma once\n";

TEST(Tidy, TheProjectFollowsItsRules)
{
    const std::string root = ".";
    ASSERT_TRUE(std::filesystem::exists("CMakePresets.json")) << "run this test at the root of the checkout";
    std::vector<std::string> paths = list_paths(root);
    std::vector<source> files = read_sources(root, paths);
    ASSERT_GT(files.size(), 10U);
    complaints found = check_tree(paths, files, read_text(root + "/README.md"));
    for (const source &file : files) {
        complaints more = check_source(file);
        found.insert(found.end(), more.begin(), more.end());
    }
    EXPECT_TRUE(found.empty()) << fmt::format("{}", fmt::join(found, "\n"));
}

TEST(Tidy, AFileThatFollowsTheRulesPasses)
{
    EXPECT_EQ(check("sim/kernel/list.hpp", header + "\n#include <array>\n\n#include \"sim/world.hpp\"\n"),
              complaints{});
    EXPECT_EQ(check("checker/search/explore.cpp", "#include \"checker/search/explore.hpp\"\n\n#include <thread>\n\n"
                                                  "#include <fmt/core.h>\n\n#include \"sim/world.hpp\"\n"),
              complaints{});
}

TEST(Tidy, CodeIsToldFromCommentsAndLiterals)
{
    source file = parse_source("sim/a.cpp", "a(\"x // {\"); // b\n/* c\nd */ e('{', 1'000, R\"(f\n})\");\n");
    EXPECT_EQ(file.code, (std::vector<std::string>{"a(\"\"); ", "", " e('', 1'000, ", ");"}));
    EXPECT_EQ(file.comments, (std::vector<std::string>{" b", " c", "d ", ""}));
    EXPECT_EQ(file.lines[1], "/* c");
    EXPECT_EQ(file.lines[3], "})\");");
    EXPECT_EQ(check("sim/a.cpp", "const char *a = \"catch (...)\"; // catch (...)\n"), complaints{});
}

TEST(Tidy, MacrosAndConditionalCompilationAreRefused)
{
    EXPECT_TRUE(only(check("sim/a.cpp", "#define A 1\n"), "sim/a.cpp:1", "no macros"));
    EXPECT_TRUE(only(check("sim/a.cpp", "int a;\n  # ifdef B\n"), "sim/a.cpp:2", "no macros"));
}

TEST(Tidy, PromisesBannersAndMarkupAreRefused)
{
    EXPECT_TRUE(only(check("sim/a.cpp", std::string("\n// TO") + "DO: more\n"), "sim/a.cpp:2", "no promises"));
    EXPECT_TRUE(only(check("sim/a.cpp", "// ------ tasks\n"), "sim/a.cpp:1", "no banners"));
    EXPECT_TRUE(only(check("sim/a.cpp", "/*******\n"), "sim/a.cpp:1", "no banners"));
    EXPECT_TRUE(only(check("sim/a.cpp", "/* @brief runs */\n"), "sim/a.cpp:1", "no markup"));
}

TEST(Tidy, BadLinesOfCodeAreRefused)
{
    EXPECT_TRUE(only(check("checker/a.cpp", "} catch (...) {\n"), "checker/a.cpp:1", "no catch"));
    EXPECT_TRUE(only(check("sim/a.cpp", "int a; \n"), "sim/a.cpp:1", "no tabs"));
    EXPECT_TRUE(only(check("sim/a.cpp", "\tint a;\n"), "sim/a.cpp:1", "no tabs"));
    EXPECT_TRUE(only(check("sim/a.cpp", "thread_local int a;\n"), "sim/a.cpp:1", "thread_local"));
    EXPECT_TRUE(only(check("checker/a.cpp", "std::cout << a;\n"), "checker/a.cpp:1", "fmt"));
    EXPECT_TRUE(only(check("sim/a.cpp", "struct WorldState {\n};\n"), "sim/a.cpp:1", "snake_case"));
    EXPECT_EQ(check("sim/a.cpp", "template <class Strategy>\nvoid f(Strategy s);\n"), complaints{});
}

TEST(Tidy, ArrowsPointOneWay)
{
    EXPECT_TRUE(only(check("sim/kernel/a.cpp", "#include \"core/fuse_i.hpp\"\n"), "sim/kernel/a.cpp:1", "arrows"));
    EXPECT_TRUE(only(check("scenarios/a.cpp", "#include \"checker/a/b.hpp\"\n"), "scenarios/a.cpp:1", "arrows"));
    EXPECT_EQ(check("core/a.cpp", "#include \"scenarios/mount.hpp\"\n").size(), 2U);
    EXPECT_EQ(check("checker/a.cpp", "#include \"core/fuse_i.hpp\"\n#include \"scenarios/mount.hpp\"\n"), complaints{});
}

TEST(Tidy, TheSimulatorKnowsNoLinuxAndTheCoreNoSimulator)
{
    EXPECT_TRUE(only(check("sim/a.cpp", "kernel::spin_lock(a);\n"), "sim/a.cpp:1", "knows nothing"));
    EXPECT_TRUE(only(check("sim/a.cpp", "struct fuse_req *a;\n"), "sim/a.cpp:1", "knows nothing"));
    EXPECT_EQ(check("sim/kernel/a.cpp", "namespace kernel\n"), complaints{});
    EXPECT_EQ(check("sim/a.cpp", "namespace interfuse::sim\n"), complaints{});
    EXPECT_TRUE(only(check("core/dev.cpp", "sim::choose(1);\n"), "core/dev.cpp:1", "harness"));
    EXPECT_TRUE(only(check("core/dev.cpp", "#include \"sim/world.hpp\"\n"), "core/dev.cpp:1", "only sim/kernel/"));
    EXPECT_TRUE(only(check("core/dev.cpp", "std::unique_ptr<int> a;\n"), "core/dev.cpp:1", "modernised"));
}

TEST(Tidy, TheDeterministicPartHasNoClockAndNoRandomness)
{
    EXPECT_TRUE(only(check("sim/a.cpp", "#include <chrono>\n"), "sim/a.cpp:1", "no clock"));
    EXPECT_TRUE(
        only(check("checker/strategies/a.cpp", "std::shuffle(a, b, c);\n"), "checker/strategies/a.cpp:1", "no clock"));
    EXPECT_EQ(check("checker/search/a.cpp", "#include <chrono>\n"), complaints{});
}

TEST(Tidy, JsonStaysWhereItBelongs)
{
    EXPECT_TRUE(
        only(check("checker/search/a.cpp", "#include <nlohmann/json.hpp>\n"), "checker/search/a.cpp:1", "nlohmann"));
    EXPECT_EQ(check("checker/trace/a.cpp", "#include <nlohmann/json.hpp>\n"), complaints{});
    EXPECT_EQ(check("checker/views/report.cpp", "#include <nlohmann/json.hpp>\n"), complaints{});
}

TEST(Tidy, IncludesComeInOrderAndFromTheRoot)
{
    std::string disorder = "#include <fmt/core.h>\n#include <array>\n";
    EXPECT_TRUE(only(check("sim/a.cpp", disorder), "sim/a.cpp:2", "in order"));
    std::string own_last = "#include \"sim/b.hpp\"\n#include <array>\n";
    EXPECT_TRUE(only(check("sim/a.cpp", own_last), "sim/a.cpp:2", "in order"));
    std::string system = "#include <array>\n#include <fmt/core.h>\n#include <unistd.h>\n";
    EXPECT_EQ(check("sim/a.cpp", system), complaints{});
    std::string late = "#include \"sim/b.hpp\"\n#include <unistd.h>\n";
    EXPECT_TRUE(only(check("sim/a.cpp", late), "sim/a.cpp:2", "in order"));
    EXPECT_TRUE(only(check("sim/a.cpp", "#include \"world.hpp\"\n"), "sim/a.cpp:1", "from the root"));
}

TEST(Tidy, LongFilesAndLongFunctionsAreRefused)
{
    std::string lines(401, '\n');
    EXPECT_TRUE(only(check("sim/a.cpp", lines), "sim/a.cpp:401", "at most 400"));
    EXPECT_EQ(check("core/dev.cpp", lines), complaints{});
    EXPECT_TRUE(
        only(check("core/dev.cpp", "namespace a\n{\n" + function_of(71) + "}\n"), "core/dev.cpp:3", "this one 71"));
    EXPECT_EQ(check("core/dev.cpp", function_of(70)), complaints{});
}

TEST(Tidy, FunctionsAreToldFromTablesAndClasses)
{
    source file = parse_source("sim/a.cpp", "namespace a\n{\nstruct alignas(8) b {\n    int c() const { return 1; }\n"
                                            "};\nconst int d[] = {\n    1,\n};\n}\nauto e(int f)\n    -> int\n{\n"
                                            "    if (f) {\n    }\n}\n");
    std::vector<function> found = find_functions(file);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].first, 4U);
    EXPECT_EQ(found[0].last, 4U);
    EXPECT_EQ(found[1].first, 10U);
    EXPECT_EQ(found[1].last, 15U);
}

TEST(Tidy, NamesOfFilesAreNounsInSnakeCase)
{
    EXPECT_TRUE(only(check("sim/World.cpp", ""), "sim/World.cpp:1", "snake_case"));
    EXPECT_TRUE(only(check("sim/fiber_util.cpp", ""), "sim/fiber_util.cpp:1", "util"));
}

TEST(Tidy, HeadersAndScenariosOpenAsTheyShould)
{
    EXPECT_TRUE(only(check("sim/kernel/a.hpp", "#pragma once\n"), "sim/kernel/a.hpp:1", "MODELLED"));
    EXPECT_TRUE(only(check("sim/a.hpp", "int a;\n"), "sim/a.hpp:1", "pragma once"));
    EXPECT_TRUE(only(check("scenarios/a.cpp", "\n.question = \"who?\",\n"), "scenarios/a.cpp:2", "expected"));
    EXPECT_EQ(check("scenarios/a.cpp", ".question = \"who?\",\n.expected = \"me\",\n"), complaints{});
}

TEST(Tidy, APromiseAboutALockIsAsserted)
{
    std::string comment = "/* Called with fc->lock held */\nvoid f()\n{\n";
    EXPECT_TRUE(only(check("core/a.cpp", comment + "}\n"), "core/a.cpp:1", "lockdep_assert_held"));
    EXPECT_EQ(check("core/a.cpp", comment + "    lockdep_assert_held(&fc->lock);\n}\n"), complaints{});
}

TEST(Tidy, TheTreeAsAWholeIsChecked)
{
    const std::string readme = "./interfuse explore and ./interfuse test";
    EXPECT_TRUE(only(check_tree({"sim/a.cpp", "tools/a.py", ".ci/run"}, {}, readme), "tools:1", "top level"));
    EXPECT_TRUE(only(check_tree({}, {}, "./interfuse explore"), "README.md:1", "./interfuse test"));
    std::vector<source> files{parse_source("sim/a.cpp", "#include <boost/context/fiber.hpp>\n"),
                              parse_source("sim/b.cpp", "#include <boost/context/fiber.hpp>\n")};
    EXPECT_TRUE(only(check_tree({}, files, readme), "sim/b.cpp:1", "sim/a.cpp"));
    files = {parse_source("sim/a.cpp", "#include \"sim/gone.hpp\"\n")};
    EXPECT_TRUE(only(check_tree({}, files, readme), "sim/a.cpp:1", "not in the project"));
}
} // namespace
} // namespace interfuse::tidy
