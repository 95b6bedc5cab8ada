#include "adapters/http/api/import_stream.hpp"

#include "adapters/http/api/append_lanes.hpp"
#include "adapters/http/bridge/background_task.hpp"
#include "adapters/http/codec/message_codec.hpp"
#include "adapters/http/codec/ndjson_lines.hpp"
#include "adapters/http/codec/problem_json.hpp"
#include "adapters/http/codec/strict_json.hpp"
#include "adapters/http/protocol/body_failure.hpp"
#include "adapters/http/protocol/problem.hpp"
#include "adapters/wire/text_encoding.hpp"

#include <boost/asio/this_coro.hpp>

#include <array>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

namespace botapi::http {

namespace {

using boost::asio::awaitable;

/// The state of a line: a problem, or a submission that waits to be stored.
struct line_outcome {
    std::uint64_t number = 0;
    std::optional<problem> refusal{};
    std::size_t lane = 0;  ///< Of the submission.
};

/// Lines that are stored together.
struct line_batch {
    std::vector<line_outcome> outcomes{};
    append_lanes lanes{};
};

class import_stream final : public chunk_source {
public:
    import_stream(const request& request, gateway& gateway, const limits& limits, report_kind kind)
        : body_{*request.body},
          prefix_{request.prefix},
          path_{request.path},
          caller_{request.caller},
          sender_{request.sender()},
          grant_{request.grant()},
          gateway_{gateway},
          limits_{limits},
          is_brief_{kind == report_kind::brief},
          lines_{limits.body_size_max}
    {
    }

    awaitable<std::optional<body_part>> next() override
    {
        std::string text;
        while (text.empty()) {
            auto reported = co_await next_report();
            if (!reported)
                co_return is_brief_ && !std::exchange(is_summed_up_, true)
                    ? std::optional<body_part>{sums()}
                    : std::nullopt;
            text = *std::move(reported);
        }
        co_return text;
    }

    [[nodiscard]] bool reads_body() const noexcept override { return true; }

private:
    /// The report of the next lines, which may be empty; nothing at the end.
    awaitable<std::optional<std::string>> next_report()
    {
        while (!running_ && !ended_) {
            auto lines = co_await read_lines();
            if (!lines.empty())
                co_await start(prepare(lines));
        }
        if (!running_)
            co_return std::nullopt;

        // While the storage works, the lines that have arrived are parsed. This never waits for
        // more lines, because the client may wait for this report.
        line_batch ahead;
        while (!ended_ && !failure_ && ahead.outcomes.empty() && body_.has_more_now())
            ahead = co_await read_ahead();
        const auto answers = co_await running_->wait();
        auto text = report(outcomes_, answers);
        running_.reset();
        if (!ahead.outcomes.empty())
            co_await start(std::move(ahead));
        co_return text;
    }

    awaitable<std::vector<ndjson_line>> read_lines()
    {
        if (failure_)
            std::rethrow_exception(failure_);
        const auto part = co_await body_.next();
        ended_ = !part;
        if (part && !std::exchange(has_begun_, true)) {
            // The body is refused as a whole: in UTF-16 or UTF-32 the lines can't be told apart, so
            // no report could name a line.
            if (auto fault = wire::fault_of_wide_text(*part))
                throw body_failure{{problem_kind::malformed_json, *std::move(fault)}};
        }
        co_return part ? lines_.feed(*part) : lines_.finish();
    }

    /// Reads lines while a batch is running. Keeps a failure of the body in `failure_`, so that the
    /// earlier lines are reported first.
    awaitable<line_batch> read_ahead()
    {
        line_batch read;
        try {
            const auto lines = co_await read_lines();
            read = prepare(lines);
        } catch (...) {
            failure_ = std::current_exception();
        }
        co_return read;
    }

    [[nodiscard]] line_batch prepare(const std::vector<ndjson_line>& lines) const
    {
        line_batch made;
        for (const auto& line : lines) {
            auto read = read_line(line);
            auto& outcome = made.outcomes.emplace_back();
            outcome.number = line.number;
            auto* const draft = std::get_if<botcore::draft>(&read);
            if (draft == nullptr) {
                outcome.refusal = std::move(std::get<problem>(read));
                continue;
            }
            outcome.lane = lane_of(draft->conversation);
            std::vector<botcore::draft> one;
            one.push_back(std::move(*draft));
            auto prepared =
                gateway_.direct().messages.prepare(std::move(one), std::nullopt, grant_);
            if (prepared) {
                made.lanes.at(outcome.lane).push_back(*std::move(prepared));
            } else
                outcome.refusal = problem_from(prepared.error());
        }
        return made;
    }

    awaitable<void> start(line_batch batch)
    {
        outcomes_ = std::move(batch.outcomes);
        const auto here = co_await boost::asio::this_coro::executor;
        auto stored =
            append_all(gateway_, std::move(batch.lanes), sender_, caller_, limits_.handle_max);
        running_.emplace(here, std::move(stored));
    }

    [[nodiscard]] std::string report(
        const std::vector<line_outcome>& outcomes,
        const append_lane_answers& answers
    )
    {
        std::string text;
        std::array<std::size_t, append_lane_count> next_answer{};
        for (const auto& outcome : outcomes) {
            if (outcome.refusal) {
                report_refused(text, outcome.number, *outcome.refusal);
                continue;
            }
            const auto& answer = answers.at(outcome.lane).at(next_answer.at(outcome.lane)++);
            if (answer) {
                report_stored(text, outcome.number, answer->front());
            } else
                report_refused(text, outcome.number, problem_from(answer.error()));
        }
        return text;
    }

    [[nodiscard]] std::variant<botcore::draft, problem> read_line(const ndjson_line& line) const
    {
        if (!line.text) {
            return problem{
                problem_kind::body_too_large,
                "The line is larger than " + std::to_string(limits_.body_size_max) + " bytes."};
        }
        const auto value = parse_json(*line.text, limits_.json_depth_max);
        if (!value)
            return problem{problem_kind::malformed_json, value.error().detail};
        auto draft = read_message(*value, *line.text, gateway_.direct().messages);
        if (!draft)
            return problem_from(draft.error());
        return std::move(*draft);
    }

    static void begin_report(std::string& report, std::uint64_t number, unsigned status)
    {
        report += R"({"line":)" + std::to_string(number);
        report += R"(,"status":)" + std::to_string(status);
    }

    void report_stored(std::string& report, std::uint64_t number, const botcore::appended& done)
    {
        ++(done.replayed ? replayed_ : stored_);
        if (is_brief_)
            return;
        begin_report(report, number, 201);
        report += R"(,"id":")" + done.stored.id.text() + '"';
        report += done.replayed ? ",\"replayed\":true}\n" : "}\n";
    }

    void report_refused(std::string& report, std::uint64_t number, const problem& why)
    {
        ++refused_;
        begin_report(report, number, status_of(why.kind));
        report += R"(,"problem":)" + to_json(why, {prefix_, path_}) + "}\n";
    }

    [[nodiscard]] std::string sums() const
    {
        return R"({"stored":)" + std::to_string(stored_) + R"(,"replayed":)" +
               std::to_string(replayed_) + R"(,"refused":)" + std::to_string(refused_) + "}\n";
    }

    body_source& body_;
    std::string prefix_;
    std::string path_;  ///< The problems' `instance`, behind the prefix.
    std::shared_ptr<const caller> caller_;
    std::size_t sender_;           ///< See `request::sender`.
    const botcore::grant& grant_;  ///< The caller's.
    gateway& gateway_;
    const limits& limits_;
    const bool is_brief_;
    std::uint64_t stored_ = 0;
    std::uint64_t replayed_ = 0;
    std::uint64_t refused_ = 0;
    bool is_summed_up_ = false;
    ndjson_lines lines_;
    bool has_begun_ = false;
    bool ended_ = false;
    std::vector<line_outcome> outcomes_{};  ///< Of the batch that is running.
    std::optional<background_task<append_lane_answers>> running_{};
    std::exception_ptr failure_{};  ///< Of the body, to be thrown after the report.
};

}  // namespace

std::unique_ptr<chunk_source> make_import(
    const request& request,
    gateway& gateway,
    const limits& limits,
    report_kind kind
)
{
    return std::make_unique<import_stream>(request, gateway, limits, kind);
}

}  // namespace botapi::http
