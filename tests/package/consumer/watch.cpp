#include <botcore/app/bot_service.hpp>
#include <botcore/app/message_service.hpp>
#include <botcore/app/stream_watch.hpp>
#include <botcore/memory/memory_storage.hpp>
#include <botcore/system/system_clock.hpp>
#include <botcore/system/system_ids.hpp>

#include <chrono>
#include <iostream>
#include <thread>
#include <vector>

int main()
{
    botcore::memory::memory_storage storage;
    const botcore::system::system_clock clock;
    botcore::system::system_ids ids{clock};
    botcore::bot_service bots{storage.bots(), ids};
    botcore::message_service messages{storage.messages(), clock, ids};
    const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    const std::vector registrations{*bots.prepare({.name = "Aureo"})};
    const auto bot = (*bots.add(registrations, soon).front()).bot.id.text();
    const auto talk = botcore::conversation_id{ids.next(0)};

    // docs: begin watch
    // From the beginning. A program that has read messages before passes the last one's position.
    botcore::stream_watch watch{
        storage.streams(),
        {.stream = talk, .after = botcore::stream_start}};
    const auto print = [&](const botcore::stream_part& part) {
        for (const auto& message : part.messages)
            std::cout << message.seq << "  " << message.content.text << '\n';
        if (part.reached.order() == 3)
            watch.stop();
    };
    std::jthread watcher{[&] {
        if (const auto end = watch.run(print, soon); !end)
            std::cerr << end.error().detail << '\n';
    }};
    // docs: end watch

    for (const auto* const text : {"Oi!", "Como posso te ajudar?", "Estou aqui."}) {
        const auto draft = messages.parse(
            {.conversation_id = talk.text(), .from = bot, .to = ids.next(0).text(), .text = text}
        );
        const std::vector submissions{*messages.prepare({*draft})};
        if (const auto stored = messages.append(submissions, soon).front(); !stored) {
            std::cerr << stored.error().detail << '\n';
            return 1;
        }
    }
}
