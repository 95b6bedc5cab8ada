#include "adapters/wire/api_key_json.hpp"

#include "adapters/wire/json_string.hpp"

#include <botcore/domain/timestamp.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace botapi::wire {

void append_json(std::string& out, const botcore::api_key& key)
{
    const auto append_instant = [&](const char* name, const auto& at) {
        if (!at)
            return;
        out.append(",\"").append(name).append(R"(":")");
        out.append(botcore::timestamp::from_clock(*at).text()).push_back('"');
    };
    const auto append_texts = [&](const char* name, const std::vector<std::string>& texts) {
        out.append(",\"").append(name).append("\":[");
        for (std::size_t at = 0; at < texts.size(); ++at)
            out.append(at == 0 ? "\"" : ",\"").append(texts[at]).push_back('"');
        out.push_back(']');
    };
    std::vector<std::string> scopes;
    for (const auto& [one, name] : botcore::scope_names) {
        if (key.scopes.contains(one))
            scopes.emplace_back(name);
    }
    std::vector<std::string> bots;
    for (const auto& id : key.bots.ids())
        bots.push_back(id.text());

    out += R"({"id":")";
    key.id.append_to(out);
    out += R"(","name":)";
    append_json(out, key.name);
    append_texts("scopes", scopes);
    if (!key.bots.is_all())
        append_texts("bots", bots);
    if (key.quota) {
        out.append(R"(,"quota":)").append(std::to_string(*key.quota));
        out.append(R"(,"stored":)").append(std::to_string(key.stored));
    }
    append_instant("createdAt", std::optional{key.created});
    append_instant("expiresAt", key.expires);
    append_instant("revokedAt", key.revoked);
    append_instant("lastUsedAt", key.last_used);
    out += '}';
}

}  // namespace botapi::wire
