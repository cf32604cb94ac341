// Work of a search that another process takes over.
#include <bit>

#include "checker/search/depth_first.hpp"

namespace interfuse {

// Hands the work that lies nearest to the start over to somebody who has none.
void depth_first::share()
{
    if (!others->somebody_waits())
        return;
    for (std::size_t i = 0; i + 1 < depth; ++i) {
        search_frame &f = frames[i];
        if (!f.more_variants && (f.closed || (f.awake & ~f.tried) == 0))
            continue;
        handed_over work;
        for (std::size_t above = 0; above < i; ++above)
            work.path.push_back(frames[above].taken);
        work.from = f;
        for (std::uint32_t rest = f.noted(); rest != 0; rest &= rest - 1) {
            auto task = static_cast<unsigned>(std::countr_zero(rest));
            work.from.words[task] = frames[f.noted_in[task]].words[task];
            work.from.words[task].spell_out(way);
        }
        if (others->offer(work)) {
            f.closed = true;
            f.more_variants = false;
        }
        return;
    }
}

void depth_first::take_over(const handed_over &work)
{
    for (const search_step &each : work.path) {
        push(0, 0, 0);
        search_frame &f = frames[depth - 1];
        f.closed = true;
        f.taken = each;
        script.answers = each.answers;
        script.used = 0;
        step_of(each.task);
    }
    push(0, 0, 0);
    frames[depth - 1] = work.from;
    frames[depth - 1].noted_in.fill(static_cast<std::uint32_t>(depth - 1));
}

} // namespace interfuse
