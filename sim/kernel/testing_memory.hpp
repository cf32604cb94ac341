// MODELLED: a task that is watched for what it does to memory, and how its run ends.
#pragma once

#include <string>

#include "sim/kernel/mm.hpp"
#include "sim/kernel/planted/trespassing.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/testing_tasks.hpp"
#include "sim/object_name.hpp"
#include "sim/shadow.hpp"

namespace kernel {

struct objects {
    trespasser *object;
    list_head head;
    wait_queue_head_t queue;
    page *pg;
    bool rests;
    int result;
};

inline objects *the_objects;

// Watches the memory of the worlds that a test makes.
struct watching_memory {
    watching_memory()
    {
        sim::the_run.watching = sim::watch_memory;
        sim::install_object_namer([](const void *) { return std::string("it"); });
        sim::install_rest_judge([](const void *) {
            if (!the_objects->rests)
                sim::mark_written(the_objects->object, sizeof(trespasser));
            return the_objects->rests;
        });
    }
    ~watching_memory()
    {
        sim::the_run.watching = 0;
        sim::install_object_namer(nullptr);
        sim::install_rest_judge(nullptr);
    }
};

inline std::string words_of(const sim::verdict &v)
{
    if (v.kind == sim::verdict_kind::done)
        return "done";
    return v.invariant + " in " + v.where.function() + ": " + v.message;
}

inline trespasser *new_object()
{
    return static_cast<trespasser *>(kmalloc(sizeof(trespasser), GFP_KERNEL));
}

inline trespasser *zeroed_object()
{
    return static_cast<trespasser *>(kzalloc(sizeof(trespasser), GFP_KERNEL));
}

inline std::string end_of(void (*body)(objects &))
{
    watching_memory now;
    return words_of(alone<objects>([body](objects &all) {
        the_objects = &all;
        INIT_LIST_HEAD(&all.head);
        body(all);
    }));
}

inline char *bytes(size_t size)
{
    return static_cast<char *>(kmalloc(size, GFP_KERNEL));
}

} // namespace kernel
