// The parameters of a scenario in JSON.
#include "checker/trace/settings_json.hpp"

#include <charconv>

namespace interfuse {

nlohmann::ordered_json json_of_settings(const std::vector<parameter_setting> &settings)
{
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    for (const parameter_setting &each : settings) {
        int number = 0;
        const char *end = each.text.data() + each.text.size();
        auto [rest, error] = std::from_chars(each.text.data(), end, number);
        if (error == std::errc{} && rest == end)
            json[each.name] = number;
        else
            json[each.name] = each.text;
    }
    return json;
}

} // namespace interfuse
