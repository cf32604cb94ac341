// Where each unit is. The numbers of a dead connection count as well: whoever is on the way out still uses them.
#include "checker/invariants/tokens.hpp"

#include <bit>

#include <fmt/format.h>

namespace interfuse {

static int in_use(const connection_ghost &c)
{
    return static_cast<int>(c.fc->pool_size) + c.joined - c.spare;
}

static int debt_of(const connection_ghost &c)
{
    return static_cast<int>(c.fc->outstanding_debt);
}

static int counted(const connection_ghost &c)
{
    return c.fc->outstanding_sem.count + std::popcount(c.between) + in_use(c) + c.others - debt_of(c);
}

static int expected(const connection_ghost &c)
{
    return (c.init == init_phase::over ? static_cast<int>(c.fc->pool_size) : 1) + c.joined + c.opened;
}

static broken wrong_number(const connection_ghost &c)
{
    return {fmt::format("there are {} units of outstanding_sem instead of {}: {} free, {} on the way to a request, {} "
                        "with requests of the pool, {} with others, less a debt of {}",
                        counted(c), expected(c), c.fc->outstanding_sem.count, std::popcount(c.between), in_use(c),
                        c.others, debt_of(c))};
}

std::optional<broken> check_tokens(const connection_ghost &c)
{
    if (c.init == init_phase::running)
        return std::nullopt;
    if (counted(c) > expected(c))
        return wrong_number(c);
    int free = c.fc->outstanding_sem.count;
    if (free > c.opened && debt_of(c) > 0)
        return broken{fmt::format("fc->outstanding_debt is {} while {} units of outstanding_sem are free", debt_of(c),
                                  free)};
    return std::nullopt;
}

std::optional<broken> check_tokens_lost(const connection_ghost &c)
{
    if (c.init == init_phase::running || counted(c) >= expected(c))
        return std::nullopt;
    return wrong_number(c);
}

std::optional<broken> check_num_waiting(const connection_ghost &c)
{
    // A request too many there counts as one in use too few on both sides of each equation.
    if (in_use(c) < 0)
        return broken{fmt::format("fc->unused_list holds {} requests, but the pool has {}", c.spare, c.spare + in_use(c))};
    int shown = c.fc->num_waiting.counter;
    int asking = std::popcount(c.asking);
    if (shown == asking + in_use(c))
        return std::nullopt;
    return broken{fmt::format("fc->num_waiting is {}, but {} tasks wait for a request and {} of the pool are in use",
                              shown, asking, in_use(c))};
}

} // namespace interfuse
