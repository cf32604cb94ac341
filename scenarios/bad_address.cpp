// Buffers of the daemon that are not all there.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/hole.hpp"
#include "scenarios/operation.hpp"

namespace interfuse {

static void build()
{
    auto pages = static_cast<unsigned>(parameter_of("pages"));
    auto bytes = static_cast<std::uint32_t>(pages * kernel::PAGE_SIZE);
    mount m = mount_fuse({.max_read = bytes});
    answer_init(m, {.max_write = bytes, .pages_ahead = pages});
    for (int i = 0; i < parameter_of("daemons"); ++i)
        start_worker("daemon", m, {.pages = pages, .holes = true});
    task_of_operations work{
        .what = static_cast<operation>(parameter_of("op")),
                            .times = parameter_of("requests"),
                            .pages = pages,
                            .file = "d"};
    for (int i = 0; i < parameter_of("requesters"); ++i)
        start_operator("requester", m, work);
}

static std::vector<goal> goals()
{
    std::vector<goal> all;
    for (unsigned page = 0; page < hole_pages_max; ++page)
        all.insert(all.end(), {{hole_in_request(page)}, {hole_in_reply(page)}});
    return all;
}

static parameter operation_parameter()
{
    parameter op = named_parameter("op", names_of_operations(), "what the requesters ask for");
    op.preset = static_cast<int>(operation::any);
    return op;
}

scenario bad_address()
{
    return {
        .name = "bad-address",
        .question = "what becomes of a request when a page of the daemon's buffer is a bad address, whichever it is?",
        .expected = "the daemon gets EFAULT and the requester EIO, unless it was the header of a reply, which can be sent "
                    "again",
        .parameters = with_common_parameters({
            operation_parameter(),
            {"requesters", 1, 1, 4, "tasks that send requests and wait for them"},
            {"requests", 2, 1, 8, "requests of each requester, one after the other"},
            {"pages", 3, 1, 8, "pages of a read or write, which are direct"},
            {"daemons", 1, 1, 3, "workers of the daemon"},
            page_size_parameter(64),
        }),
        .build = build,
        .goals = goals(),
    };
}

} // namespace interfuse
