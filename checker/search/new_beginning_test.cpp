// When a search that has learnt something begins again.
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "checker/search/new_beginning.hpp"

namespace interfuse {

namespace {

// By how many states in all the search began again, if it learns something when it has seen that many; 0: it did not.
std::uint64_t began_again_at(const std::vector<std::uint64_t> &lessons_at, std::uint64_t states_in_all)
{
    new_beginning again;
    for (std::uint64_t states = 0; states < states_in_all; states += 500) {
        auto lessons = [&] {
            std::uint64_t known = 0;
            for (std::uint64_t at : lessons_at)
                known += at <= states;
            return known;
        };
        if (again.is_due(states, 0, lessons))
            return states;
    }
    return 0;
}

} // namespace

TEST(NewBeginning, IsNeverDueWhereNothingIsLearnt)
{
    EXPECT_EQ(began_again_at({}, 10'000'000), 0U);
}

TEST(NewBeginning, IsDueWhenAsMuchAgainWasSeenWithoutALesson)
{
    // A lesson is noticed with up to an eighth more states.
    for (std::uint64_t at : {100'000U, 1'000'000U, 3'000'000U}) {
        std::uint64_t began = began_again_at({at}, 10'000'000);
        EXPECT_GE(began, 2 * at);
        EXPECT_LE(began, 2 * at * 9 / 8 + 1000);
    }
}

TEST(NewBeginning, WaitsForTheLastOfManyLessons)
{
    std::vector<std::uint64_t> lessons;
    for (std::uint64_t at = 30'000; at < 1'000'000; at += at / 2)
        lessons.push_back(at);
    EXPECT_GE(began_again_at(lessons, 10'000'000), 2 * lessons.back());
}

TEST(NewBeginning, TakesALessonOfTheFirstStatesForALaterOne)
{
    EXPECT_GE(began_again_at({0, 10}, 10'000'000), 50'000U);
}

TEST(NewBeginning, AsksNoMoreOftenThanTheAnswerIsWorth)
{
    new_beginning again;
    std::vector<std::uint64_t> asked_at;
    for (std::uint64_t states = 0; states < 200'000; states += 500)
        again.is_due(states, 30'000, [&] {
            asked_at.push_back(states);
            return std::uint64_t{0};
        });
    EXPECT_EQ(asked_at, (std::vector<std::uint64_t>{0, 30'000, 60'000, 90'000, 120'000, 150'000, 180'000}));
}

TEST(NewBeginning, IsNotDueInASearchThatEndsBefore)
{
    EXPECT_EQ(began_again_at({6'000'000}, 10'000'000), 0U);
}

} // namespace interfuse
