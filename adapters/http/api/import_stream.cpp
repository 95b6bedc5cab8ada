#include "adapters/http/api/import_stream.hpp"

#include "adapters/http/api/body.hpp"
#include "adapters/http/api/message_codec.hpp"
#include "adapters/http/api/ndjson_lines.hpp"
#include "adapters/http/protocol/problem.hpp"
#include "adapters/http/protocol/strict_json.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace botapi::http {

namespace {

using boost::asio::awaitable;
using namespace std::chrono_literals;

/// The answers to submissions, in their order.
using appended_list = std::vector<botcore::result<std::vector<botcore::appended>>>;

/// What became of a line: a problem, or a submission that is still to be stored.
struct line_outcome {
    std::uint64_t number = 0;
    std::optional<problem> refusal{};
};

bool was_turned_away(const appended_list& answers)
{
    return !answers.front() && answers.front().error().code == botcore::errc::overloaded;
}

class import_stream final : public chunk_source {
public:
    import_stream(body_source& body, std::string path, gateway& gateway, const limits& limits)
        : body_{body},
          path_{std::move(path)},
          gateway_{gateway},
          limits_{limits},
          lines_{limits.body_size_max}
    {
    }

    awaitable<std::optional<std::string>> next() override
    {
        while (!ended_) {
            const auto part = co_await body_.next();
            ended_ = !part;
            const auto lines = part ? lines_.feed(*part) : lines_.finish();
            if (!lines.empty())
                co_return co_await store(lines);
        }
        co_return std::nullopt;
    }

private:
    /// Stores lines together, and reports on each.
    awaitable<std::string> store(const std::vector<ndjson_line>& lines)
    {
        std::vector<line_outcome> outcomes;
        std::vector<botcore::submission> submissions;
        for (const auto& line : lines) {
            auto read = read_line(line);
            auto* const draft = std::get_if<botcore::draft>(&read);
            outcomes.push_back({.number = line.number});
            if (draft == nullptr) {
                outcomes.back().refusal = std::move(std::get<problem>(read));
                continue;
            }
            std::vector<botcore::draft> one;
            one.push_back(std::move(*draft));
            submissions.push_back(gateway_.direct().messages.prepare(std::move(one)));
        }

        appended_list answers;
        if (!submissions.empty())
            answers = co_await append(submissions);
        std::string report;
        auto answer = answers.begin();
        for (const auto& outcome : outcomes) {
            if (outcome.refusal) {
                report_refused(report, outcome.number, *outcome.refusal);
            } else if (*answer) {
                report_stored(report, outcome.number, (*answer)->front());
            } else {
                report_refused(report, outcome.number, problem_from(answer->error()));
            }
            answer += outcome.refusal ? 0 : 1;
        }
        co_return report;
    }

    [[nodiscard]] std::variant<botcore::draft, problem> read_line(const ndjson_line& line) const
    {
        if (!line.text) {
            return problem{
                problem_kind::body_too_large,
                "The line is larger than " + std::to_string(limits_.body_size_max) + " bytes."};
        }
        const auto value = parse_json(*line.text);
        if (!value)
            return problem{problem_kind::malformed_json, value.error().detail};
        auto draft = read_message(*value, *line.text, gateway_.direct().messages);
        if (!draft)
            return problem_from(draft.error());
        return std::move(*draft);
    }

    /// An import has no one who would try again: it waits its turn while others fill the queue.
    awaitable<appended_list> append(const std::vector<botcore::submission>& submissions)
    {
        for (;;) {
            const auto until = std::chrono::steady_clock::now() + limits_.handle_max;
            auto ask = [&](services& core) { return core.messages.append(submissions, until); };
            auto answers = co_await gateway_.run(ask);
            if (!was_turned_away(answers))
                co_return answers;
            const auto here = co_await boost::asio::this_coro::executor;
            boost::asio::steady_timer pause{here, 20ms};
            co_await pause.async_wait(boost::asio::use_awaitable);
        }
    }

    static void begin_report(std::string& report, std::uint64_t number, unsigned status)
    {
        report += R"({"line":)" + std::to_string(number);
        report += R"(,"status":)" + std::to_string(status);
    }

    static void report_stored(
        std::string& report,
        std::uint64_t number,
        const botcore::appended& done
    )
    {
        begin_report(report, number, 201);
        report += R"(,"id":")" + done.stored.id.text() + '"';
        report += done.replayed ? ",\"replayed\":true}\n" : "}\n";
    }

    void report_refused(std::string& report, std::uint64_t number, const problem& why) const
    {
        begin_report(report, number, status_of(why.kind));
        report += R"(,"problem":)" + to_json(why, path_) + "}\n";
    }

    body_source& body_;
    std::string path_;
    gateway& gateway_;
    const limits& limits_;
    ndjson_lines lines_;
    bool ended_ = false;
};

}  // namespace

std::unique_ptr<chunk_source> make_import(
    body_source& body,
    std::string path,
    gateway& gateway,
    const limits& limits
)
{
    return std::make_unique<import_stream>(body, std::move(path), gateway, limits);
}

}  // namespace botapi::http
