#include <botcore/domain/draft.hpp>
#include <botcore/domain/text.hpp>

#include <utility>

namespace botcore {

namespace {

/// Reads the fields of one input and collects their faults in the order of the calls.
class field_reader {
public:
    /// A required UUID. The nil UUID if it is faulty.
    template <class Id>
    Id required_id(const char* pointer, const std::optional<std::string_view>& field)
    {
        if (!field) {
            add(pointer, "is required.");
            return {};
        }
        return optional_id<Id>(pointer, field).value_or(Id{});
    }

    template <class Id>
    std::optional<Id> optional_id(const char* pointer, const std::optional<std::string_view>& field)
    {
        if (!field)
            return std::nullopt;
        const auto parsed = uuid::parse(*field);
        if (!parsed)
            add(pointer, "must be a UUID, as in 7665ada8-3448-4acd-a1b7-d688e68fe9a1.");
        return Id{parsed.value_or(uuid{})};
    }

    std::optional<timestamp> optional_timestamp(
        const char* pointer,
        const std::optional<std::string_view>& field
    )
    {
        if (!field)
            return std::nullopt;
        auto parsed = timestamp::parse(*field);
        if (!parsed) {
            add(pointer, parsed.error().detail);
            return std::nullopt;
        }
        return *parsed;
    }

    void check_text(
        const char* pointer,
        const std::optional<std::string_view>& field,
        std::size_t size_max
    )
    {
        if (!field)
            add(pointer, "is required.");
        else if (field->size() > size_max)
            add(pointer, too_large(*field, size_max));
        else if (const auto why = unreadable_because(*field))
            add(pointer, std::string{*why});
    }

    void check_metadata(
        const char* pointer,
        const std::optional<std::string_view>& field,
        std::size_t size_max
    )
    {
        if (!field)
            return;
        if (field->size() > size_max)
            add(pointer, too_large(*field, size_max));
        else if (!count_code_points(*field) || field->find('\0') != std::string_view::npos)
            add(pointer, "must be JSON text in UTF-8.");
    }

    [[nodiscard]] std::vector<fault> take_faults() noexcept { return std::move(faults_); }

private:
    static std::string too_large(std::string_view text, std::size_t size_max)
    {
        return "must have at most " + std::to_string(size_max) + " bytes of UTF-8; this has " +
               std::to_string(text.size()) + ".";
    }

    void add(const char* pointer, std::string detail)
    {
        faults_.push_back({pointer, std::move(detail)});
    }

    std::vector<fault> faults_;
};

void add_to(content_hash& hash, const draft& part)
{
    hash.add(part.id.has_value() ? 1U : 0U).add(part.id.value_or(message_id{}).value);
    hash.add(part.conversation.value).add(part.ends.from.value).add(part.ends.to.value);
    hash.add(part.stamp ? part.stamp->text() : std::string{});
    const auto& [text, metadata] = part.content;
    hash.add(text);
    hash.add(metadata.has_value() ? 1U : 0U).add(metadata.value_or(std::string{}));
}

}  // namespace

result<draft> draft::parse(const message_input& input, const message_limits& limits)
{
    field_reader fields;
    const auto id = fields.optional_id<message_id>("/id", input.id);
    const auto conversation =
        fields.required_id<botcore::conversation_id>("/conversationId", input.conversation_id);
    const auto stamp = fields.optional_timestamp("/timestamp", input.timestamp);
    const auto from = fields.required_id<participant_id>("/from", input.from);
    const auto to = fields.required_id<participant_id>("/to", input.to);
    fields.check_text("/text", input.text, limits.text_size_max);
    fields.check_metadata("/metadata", input.metadata, limits.metadata_size_max);

    if (auto faults = fields.take_faults(); !faults.empty()) {
        return refuse(errc::invalid_argument, "The message has faulty fields.", std::move(faults));
    }
    if (from == to) {
        return refuse(
            errc::same_participant,
            "A message goes from one participant to another, but both are " + from.text() + ".",
            {{"/to", "must differ from /from."}}
        );
    }

    draft checked{
        .id = id,
        .conversation = conversation,
        .stamp = stamp,
        .ends = {.from = from, .to = to},
        .content = {.text = std::string{*input.text}},
    };
    if (input.metadata)
        checked.content.metadata.emplace(*input.metadata);
    return checked;
}

bool is_retry_of(const entry& entry, const message& stored) noexcept
{
    const draft& draft = entry.draft;
    return draft.conversation == stored.conversation && draft.ends == ends_of(stored.way) &&
           draft.content == stored.content && (!draft.stamp || *draft.stamp == stored.stamp);
}

receipt receipt_for(
    const idempotency_key& key,
    std::span<const draft> drafts,
    const uuid& seed,
    const visible_bots& visible,
    const std::optional<seat>& seat
)
{
    auto owner = add_to(content_hash{}.add("messages").add(key.text()), visible);
    if (seat)
        owner.add("seat").add(seat->conversation.value).add(seat->client.value);
    const auto key_hash = owner.finish();
    content_hash content;
    for (const draft& part : drafts)
        add_to(content, part);
    const auto digest = content.finish();

    receipt made{
        .key = make_uuid_v8(std::span{key_hash}.first<uuid::size>(), shard_number{0}),
        .seed = seed};
    for (std::size_t at = 0; at < 8; ++at)
        made.digest = (made.digest << 8U) | digest[at];
    return made;
}

message_id message_id_for(const receipt& receipt, std::size_t index, conversation_id conversation)
{
    const auto hash = content_hash{}.add(receipt.seed).add(index).finish();
    return message_id{make_uuid_v8(std::span{hash}.first<uuid::size>(), shard_of(conversation))};
}

message_id first_id_of(const submission& retry, std::size_t index, const receipt& first)
{
    const draft& sent = retry.entries[index].draft;
    return sent.id ? *sent.id : message_id_for(first, index, sent.conversation);
}

}  // namespace botcore
