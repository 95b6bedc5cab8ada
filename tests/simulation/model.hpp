#pragma once

#include "tests/unit/fakes.hpp"

#include <botcore/domain/draft.hpp>
#include <botcore/domain/message.hpp>
#include <botcore/result.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace simulation {

/// The promises about messages as a minimal model: one map, and one rule after another. It
/// shares no code with what it judges.
class model {
public:
    void add_bot(botcore::bot_id id) { bots_.insert(id); }

    /// Carries out a request completely, or not at all.
    botcore::result<std::vector<botcore::appended>> append(const botcore::submission& request);

    /// All messages of a conversation, in the order of storing.
    [[nodiscard]] std::vector<botcore::message> stored(botcore::conversation_id in) const;

    [[nodiscard]] const std::map<botcore::message_id, botcore::message>& messages() const noexcept
    {
        return messages_;
    }

private:
    std::optional<botcore::error> store(
        const botcore::entry& request,
        botcore::message_id id,
        std::vector<botcore::appended>& answer
    );

    std::set<botcore::bot_id> bots_;
    std::map<botcore::message_id, botcore::message> messages_;
    std::map<botcore::conversation_id, std::uint64_t> last_seq_;

    /// What was carried out under a key: the digest of the request, and the ids of its messages.
    std::map<botcore::uuid, std::pair<std::uint64_t, std::vector<botcore::message_id>>> requests_;
    std::uint64_t arrivals_ = 0;
};

}  // namespace simulation
