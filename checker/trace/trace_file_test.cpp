#include "checker/trace/trace_file.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/trace/compare.hpp"
#include "checker/trace/example_trace.hpp"

namespace interfuse {

namespace {

using nlohmann::json;

struct temporary_folder {
    temporary_folder()
    {
        std::string pattern = testing::TempDir() + "interfuse-trace-XXXXXX";
        path = mkdtemp(pattern.data());
    }
    ~temporary_folder() { std::filesystem::remove_all(path); }

    std::string path;
};

struct breakage {
    const char *path; // JSON pointer of what is replaced, or removed by "remove"
    json value;
    const char *sentence;
};

const json removed = "<removed>";

std::string error_of(const breakage &how)
{
    json document = json::parse(trace_text(example_trace()));
    json::json_pointer path(how.path);
    if (how.value == removed)
        document[path.parent_pointer()].erase(path.back());
    else
        document[path] = how.value;
    return parse_trace(document.dump(), "t.json").error;
}

std::string nested(std::size_t levels)
{
    return std::string(levels, '[') + std::string(levels, ']');
}

const breakage breakages[] = {
    {"/format", "other", "t.json: format: one of interfuse-trace was expected"},
    {"/version", 2, "t.json: version: version 1, which this interfuse reads, was expected"},
    {"/version", "1", "t.json: version: an integer from 0 to 2147483647 was expected"},
    {"/version", 1.0, "t.json: version: an integer from 0 to 2147483647 was expected"},
    {"/seed", 7, "t.json: seed: a string with a decimal number below 2^64 was expected"},
    {"/seed", "18446744073709551616", "t.json: seed: a string with a decimal number below 2^64 was expected"},
    {"/run", "-1", "t.json: run: a string with a decimal number below 2^64 was expected"},
    {"/record", "abc", "t.json: record: a string of 16 hexadecimal digits was expected"},
    {"/core", removed, "t.json: the document: the field \"core\", which is missing, was expected"},
    {"/core", json::array(), "t.json: core: a string of at most 200 bytes was expected"},
    {"/core", "a\x1b[2Jb", "t.json: core: a string without control characters was expected"},
    {"/scenario", std::string(201, 'a'), "t.json: scenario: a string of at most 200 bytes was expected"},
    {"/points", "dense", "t.json: points: one of coarse, fine was expected"},
    {"/watch", "memory,heap", "t.json: watch: all, none or names of watchers with commas between them was expected"},
    {"/checks", nullptr, "t.json: checks: one of end, steps was expected"},
    {"/limits/steps", 0, "t.json: limits.steps: an integer from 1 to 1000000 was expected"},
    {"/limits/depth", 0, "t.json: limits: only the fields steps, accesses, not also \"depth\" was expected"},
    {"/parameters/faults", 1e10, "t.json: parameters.faults: an integer from -2147483648 to 2147483647 was expected"},
    {"/parameters", 3, "t.json: parameters: an object with at most 64 fields was expected"},
    {"/verdict/kind", "fine",
     "t.json: verdict.kind: one of done, hung, stalled, violation, bug, oops, soft lockup, "
     "step limit was expected"},
    {"/verdict/fingerprint", "", "t.json: verdict.fingerprint: the fingerprint of a finding was expected"},
    {"/verdict/kind", "done",
     "t.json: verdict.fingerprint: an empty string beside a verdict without finding was expected"},
    {"/verdict/location/line", -1, "t.json: verdict.location.line: an integer from 0 to 10000000 was expected"},
    {"/tasks", json::array(), "t.json: tasks: an array of 1 to 32 elements was expected"},
    {"/tasks", std::vector<std::string>(33, "t"), "t.json: tasks: an array of 1 to 32 elements was expected"},
    {"/choices/0", json::array({"schedule", 2}), "t.json: choices[0]: an array of 3 to 3 elements was expected"},
    {"/choices/0/0", "luck",
     "t.json: choices[0][0]: one of schedule, preempt, page-fault, bad-address, allocation, behaviour "
     "was expected"},
    {"/choices/0/1", 1, "t.json: choices[0][1]: an integer from 2 to 64 was expected"},
    {"/choices/0/2", 2, "t.json: choices[0][2]: an integer from 0 to 1 was expected"},
    {"/steps/1/task", 3, "t.json: steps[1].task: an integer from 0 to 2 was expected"},
    {"/steps/1/task", 0, "t.json: steps[1].task: a task that is enabled in this step was expected"},
    {"/steps/1/enabled/1", 3, "t.json: steps[1].enabled[1]: an integer from 2 to 2 was expected"},
    {"/steps/1/enabled/1", 1, "t.json: steps[1].enabled[1]: an integer from 2 to 2 was expected"},
    {"/steps/1/enabled", json::array(), "t.json: steps[1].enabled: an array of 1 to 3 elements was expected"},
    {"/steps/0/hash", 12, "t.json: steps[0].hash: a string of 16 hexadecimal digits was expected"},
    {"/steps/3/teardown", 1, "t.json: steps[3].teardown: true or false was expected"},
    {"/steps/0/setup", 1, "t.json: steps[0].setup: true or false was expected"},
    {"/steps/0/colour", 1,
     "t.json: steps[0]: only the fields task, enabled, teardown, setup, hash, events, not also "
     "\"colour\" was expected"},
    {"/steps/0/events", "none", "t.json: steps[0].events: an array of 0 to 2000000 elements was expected"},
    {"/steps/0/events/0/line", 1e300, "t.json: steps[0].events[0].line: an integer from 0 to 10000000 was expected"},
    {"/steps/0/events/0/value", std::uint64_t{1} << 63,
     "t.json: steps[0].events[0].value: an integer from -9007199254740992 to 9007199254740992 was expected"},
    {"/steps/0/events/0/value", "1e3",
     "t.json: steps[0].events[0].value: a string with a decimal number of 64 bits was expected"},
    {"/steps/0/events/1/by", "guess", "t.json: steps[0].events[1].by: one of pc was expected"},
};

} // namespace

TEST(TraceFile, KeepsEverythingThatAReplayCompares)
{
    temporary_folder folder;
    trace written = example_trace();
    ASSERT_EQ(write_trace(written, folder.path + "/a/b/t.json"), "");
    trace_result read = read_trace(folder.path + "/a/b/t.json");
    ASSERT_EQ(read.error, "");
    EXPECT_FALSE(first_difference(written, read.what).has_value());
    EXPECT_EQ(trace_text(read.what), trace_text(written));
    EXPECT_EQ(read.what.seed, written.seed);
    EXPECT_EQ(read.what.run, written.run);
    EXPECT_EQ(read.what.choices, written.choices);
    EXPECT_EQ(read.what.parameters, written.parameters);
}

TEST(TraceFile, KeepsThatItsStepsAreThoseOfASetup)
{
    trace written = example_trace();
    EXPECT_FALSE(is_of_setup(parse_trace(trace_text(written), "t.json").what));
    written.steps[0].setup = true;
    EXPECT_TRUE(is_of_setup(parse_trace(trace_text(written), "t.json").what));
}

TEST(TraceFile, HasOneLineForEachStep)
{
    std::string text = trace_text(example_trace());
    EXPECT_NE(text.find("\n    {\"task\":2,\"enabled\":[1,2],\"events\":[{\"kind\":\"syscall-end\","),
              std::string::npos);
}

TEST(TraceFile, LeavesNoTemporaryFileBehind)
{
    temporary_folder folder;
    ASSERT_EQ(write_trace(example_trace(), folder.path + "/t.json"), "");
    ASSERT_EQ(write_trace(example_trace(), folder.path + "/t.json"), "");
    auto files = std::filesystem::directory_iterator(folder.path);
    EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST(TraceFile, ThatCannotBeWrittenIsAnErrorAndNoFile)
{
    temporary_folder folder;
    std::ofstream(folder.path + "/file").put('x');
    EXPECT_NE(write_trace(example_trace(), folder.path + "/file/t.json"), "");
}

TEST(TraceFile, RejectsEachBrokenFieldInOneSentenceThatNamesIt)
{
    for (const breakage &how : breakages)
        EXPECT_EQ(error_of(how), how.sentence) << how.path;
}

TEST(TraceFile, RejectsEveryMissingField)
{
    json whole = json::parse(trace_text(example_trace()));
    for (const auto &[key, ignored] : whole.items()) {
        if (key == "watch")
            continue;
        json document = whole;
        document.erase(key);
        EXPECT_NE(parse_trace(document.dump(), "t.json").error.find("\"" + key + "\", which is missing"),
                  std::string::npos);
    }
}

TEST(TraceFile, WithoutAWatchIsOfARunThatNothingWatched)
{
    json document = json::parse(trace_text(example_trace()));
    document.erase("watch");
    trace_result read = parse_trace(document.dump(), "t.json");
    EXPECT_EQ(read.error, "");
    EXPECT_EQ(read.what.watch, 0);
}

TEST(TraceFile, CutAnywhereIsRejected)
{
    std::string text = trace_text(example_trace());
    for (std::size_t length = 0; length + 2 < text.size(); ++length)
        ASSERT_NE(parse_trace(text.substr(0, length), "t.json").error, "") << length;
    EXPECT_EQ(parse_trace(text.substr(0, text.size() / 2), "t.json").error.find("t.json: JSON was expected, byte "),
              0U);
}

TEST(TraceFile, WithAFieldTwiceIsRejected)
{
    std::string text = trace_text(example_trace());
    text.insert(2, "\"seed\": \"1\",");
    EXPECT_EQ(parse_trace(text, "t.json").error,
              "t.json: each field once was expected, \"seed\" occurs twice in one object");
}

TEST(TraceFile, ThatNestsTooDeepIsRejectedBeforeAnythingIsBuilt)
{
    EXPECT_EQ(parse_trace(nested(10'000), "t.json").error,
              "t.json: JSON nested at most 6 levels deep was expected, it goes deeper");
    EXPECT_EQ(parse_trace(nested(6), "t.json").error, "t.json: the document: an object was expected");
}

TEST(TraceFile, WithTooManyValuesIsRejected)
{
    std::string text = "[0";
    for (unsigned i = 0; i < 8'000'000; ++i)
        text += ",0";
    EXPECT_EQ(parse_trace(text + "]", "t.json").error,
              "t.json: at most 8000000 JSON values were expected, there are more");
}

TEST(TraceFile, OfAGigabyteOfSpacesIsRejectedAtOnce)
{
    temporary_folder folder;
    std::string path = folder.path + "/spaces.json";
    std::ofstream(path).put(' ');
    ASSERT_EQ(truncate(path.c_str(), 1 << 30), 0);
    auto started = std::chrono::steady_clock::now();
    EXPECT_EQ(read_trace(path).error, path + ": a file of at most 67108864 bytes was expected, it has 1073741824");
    EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::milliseconds(100));
}

TEST(TraceFile, ThatIsNoRegularFileIsRejectedWithoutWaiting)
{
    temporary_folder folder;
    std::string path = folder.path + "/fifo";
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    EXPECT_EQ(read_trace(path).error, path + ": a regular file was expected");
    EXPECT_EQ(read_trace(folder.path).error, folder.path + ": a regular file was expected");
    EXPECT_EQ(read_trace(folder.path + "/none").error,
              folder.path + "/none: could not be read: No such file or directory");
}

TEST(TraceFile, WithInvalidUtf8IsRejected)
{
    std::string text = trace_text(example_trace());
    text.replace(text.find("requester"), 1, "\xff");
    EXPECT_EQ(parse_trace(text, "t.json").error.find("t.json: JSON was expected, byte "), 0U);
}

} // namespace interfuse
